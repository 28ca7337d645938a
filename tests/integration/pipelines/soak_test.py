"""States in any order, again and again: nothing fails, and nothing grows. scripts/soak does the same for longer."""

import os

import soak
from harness import Case

SANITIZED = bool(os.environ.get("KVS_SANITIZED"))
ROUNDS = 30 if SANITIZED else 100


class Test(Case):
    def drive(self, *arguments):
        service = self.service(*soak.OPTIONS)
        samples, done, end = soak.run(self, service, *arguments)
        self.assertEqual((end.code, end.stderr), (0, ""), str(end))
        self.assertGreater(done["frames"], ROUNDS)
        self.assertEqual(len(samples), ROUNDS)
        if not SANITIZED:  # a sanitizer keeps what was given back
            self.assertEqual(soak.growth(samples), [], str(end))
        self.assertEqual(service.stop()["error_acks"], 0)

    def test_random_walk(self):
        self.drive("walk", ROUNDS, 1)

    def test_starts_and_stops(self):
        self.drive("cycles", ROUNDS)

    def test_what_grows_is_seen(self):
        def samples(**change):
            level = {"heap": 4 << 20, "rss": 30 << 20, "threads": 8, "files": 10}
            return [{"at": at, **{key: value + change.get(key, lambda at: 0)(at) for key, value in level.items()}}
                    for at in range(100)]

        self.assertEqual(soak.growth(samples()), [])
        self.assertEqual(soak.growth(samples(heap=lambda at: 60000 * (at % 2), files=lambda at: at % 3)), [])
        self.assertEqual(soak.growth(samples(heap=lambda at: min(at, 20) << 20)), [], "what is made once")
        for key, step in (("heap", lambda at: at * 4000), ("rss", lambda at: at << 16), ("threads", lambda at: at // 8),
                          ("files", lambda at: 3 * (at // 80))):
            self.assertEqual([each.split(":")[0] for each in soak.growth(samples(**{key: step}))], [key])
