"""When a place that fails is left alone, and who looks whether it is well again: the rules of a circuit breaker.

Invariant: the rules are written twice, in Python for one process and in Lua for all of them together, and a test holds
the two against each other. Closed: calls pass; `in_a_row` failures without a success between them, or a `share` of at
least `calls` calls within the window, open it. Open: nobody passes for `opens_for` seconds, doubled with each opening
in succession up to `longest`. Then half open: one probe at a time, which holds a lease; its success closes, its
failure opens again. After M. Nygard, "Release It!", 2007, chapter "Stability patterns".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.shared_state import Script

Word = Literal["closed", "open", "half_open", "probe"]
Verdict = Literal["succeeded", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Rules:
    """Times in seconds. `window` is watched in two halves, so that it holds between half of it and all of it."""

    in_a_row: int = 5
    calls: int = 20
    share: float = 0.5
    window: float = 30.0
    opens_for: float = 5.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How a circuit stands.

    Args:
        word: `probe`: the asker is to find out; `half_open`: somebody else is at it.
        wait: seconds until asking again makes sense.
        row: failures in a row while closed.
        since: seconds since the epoch of the last opening or closing; 0 when there was none.
    """

    word: Word
    wait: float = 0.0
    row: int = 0
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a call.

    Args:
        token: that of the permit.
        successes: calls that went well since the last report and were not told one by one.
        jitter: from 0 to 1; shortens an opening by up to a fifth.
        open_for: seconds to open for at once, whatever the counts; 0 leaves it to the rules.
    """

    verdict: Verdict
    token: str = ""
    successes: int = 0
    jitter: float = 0.0
    open_for: float = 0.0


@dataclass(slots=True)
class Circuit:
    """One breaker in the memory of one process. All methods take `now`, seconds since the epoch."""

    opened: bool = False
    since: float = 0.0
    until: float = 0.0
    times: int = 0
    row: int = 0
    bucket: int = 0
    calls: int = 0
    fails: int = 0
    earlier_calls: int = 0
    earlier_fails: int = 0
    probe: str = ""
    probe_until: float = 0.0

    @property
    def is_troubled(self) -> bool:
        """Whether it is open or saw a failure since the last success."""
        return self.opened or self.row > 0

    def enter(self, now: float, token: str, lease: float, successes: int, rules: Rules) -> Answer:
        """Whether a call may pass. A probe is held for `lease` seconds at most."""
        if not self.opened:
            self._count(now, successes, 0, rules)
        elif now >= self.until and (self.probe in ("", token) or now >= self.probe_until):
            self.probe, self.probe_until = token, now + lease
            return Answer("probe", 0.0, 0, self.since)
        return self.stands(now)

    def report(self, now: float, told: Report, rules: Rules) -> Answer:
        """Takes in what came of a call. While open, only the probe's word counts."""
        if not self.opened:
            self._count(now, told.successes + (told.verdict == "succeeded"), told.verdict == "failed", rules)
            if told.verdict == "failed" and (told.open_for or self._is_enough(rules)):
                self._open(now, told, rules)
        elif self.probe and self.probe == told.token:
            self.probe = ""
            if told.verdict == "failed":
                self._open(now, told, rules)
            elif told.verdict == "succeeded":
                self._close(now)
        return self.stands(now)

    def stands(self, now: float) -> Answer:
        """How it stands, changing nothing."""
        if not self.opened:
            return Answer("closed", 0.0, self.row, self.since)
        if now < self.until:
            return Answer("open", self.until - now, 0, self.since)
        wait = self.probe_until - now if self.probe else 0.0
        return Answer("half_open", min(max(wait, 0.0), 1.0), 0, self.since)

    def take_over(self, answer: Answer, token: str, now: float, lease: float) -> None:
        """Learns what the shared circuit said, to go on from there when it is out of reach."""
        self.opened, self.row, self.since = answer.word != "closed", answer.row, answer.since
        if answer.word == "closed":
            self.probe, self.times = "", 0
        elif answer.word == "probe":
            self.until, self.probe, self.probe_until = now, token, now + lease
        else:
            self.until = now + answer.wait if answer.word == "open" else now
            self.probe, self.times = "", max(self.times, 1)

    def _count(self, now: float, successes: int, fails: int, rules: Rules) -> None:
        if successes + fails == 0:
            return
        bucket = int(now // (rules.window / 2))
        if bucket != self.bucket:
            follows = bucket == self.bucket + 1
            self.earlier_calls = self.calls if follows else 0
            self.earlier_fails = self.fails if follows else 0
            self.bucket, self.calls, self.fails = bucket, 0, 0
        self.calls += successes + fails
        self.fails += fails
        self.row = fails if successes else self.row + fails

    def _is_enough(self, rules: Rules) -> bool:
        calls, fails = self.calls + self.earlier_calls, self.fails + self.earlier_fails
        return self.row >= rules.in_a_row or (calls >= rules.calls and fails >= rules.share * calls)

    def _open(self, now: float, told: Report, rules: Rules) -> None:
        self.times += 1
        length = min(rules.longest, rules.opens_for * 2 ** (min(self.times, 20) - 1))
        self.opened, self.since = True, now
        self.until = now + (told.open_for or length * (1 - told.jitter / 5))
        self.row = self.calls = self.fails = self.earlier_calls = self.earlier_fails = 0

    def _close(self, now: float) -> None:
        self.opened, self.since, self.until, self.times, self.row = False, now, 0.0, 0, 0
        self.calls = self.fails = self.earlier_calls = self.earlier_fails = 0


# KEYS: the circuit, the index of all circuits. ARGV 1-8: now (empty: the server's clock), the name, the rules in the
# order of `Rules`; the rest is each script's own. Answers are texts, since numbers would lose what follows the point.
_RULES = """
local key, index, name = KEYS[1], KEYS[2], ARGV[2]
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local in_a_row, enough, share = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local window, opens_for, longest = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local names = {'opened', 'since', 'until', 'times', 'row', 'bucket', 'calls', 'fails', 'earlier_calls',
  'earlier_fails', 'probe_until', 'probe'}
local c, kept = {}, redis.call('HMGET', key, unpack(names))
for i, field in ipairs(names) do c[field] = tonumber(kept[i]) or 0 end
c.probe = kept[12] or ''

local function stands()
  if c.opened == 0 then return {'closed', '0', tostring(c.row), string.format('%.3f', c.since)} end
  if now < c['until'] then
    return {'open', string.format('%.3f', c['until'] - now), '0', string.format('%.3f', c.since)}
  end
  local wait = 0
  if c.probe ~= '' then wait = math.min(math.max(c.probe_until - now, 0), 1) end
  return {'half_open', string.format('%.3f', wait), '0', string.format('%.3f', c.since)}
end

local function keep()
  local flat = {}
  for i, field in ipairs(names) do flat[2 * i - 1] = field; flat[2 * i] = c[field] end
  redis.call('HSET', key, unpack(flat))
  local life = math.ceil(math.max(c['until'] - now, c.probe_until - now, 0) + 2 * window + longest)
  redis.call('EXPIRE', key, life)
  if c.opened == 1 or c.fails + c.earlier_fails > 0 then
    redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
    redis.call('ZADD', index, now + life, name)
  end
end

local function count(successes, fails)
  if successes + fails == 0 then return end
  local bucket = math.floor(now / (window / 2))
  if bucket ~= c.bucket then
    local follows = bucket == c.bucket + 1
    c.earlier_calls = follows and c.calls or 0
    c.earlier_fails = follows and c.fails or 0
    c.bucket, c.calls, c.fails = bucket, 0, 0
  end
  c.calls = c.calls + successes + fails
  c.fails = c.fails + fails
  c.row = successes > 0 and fails or c.row + fails
end

local function forget() c.row, c.calls, c.fails, c.earlier_calls, c.earlier_fails = 0, 0, 0, 0, 0 end
"""

ENTER = Script(
    _RULES
    + """
local token, lease, successes = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
if c.opened == 0 then
  if successes > 0 then count(successes, 0); keep() end
elseif now >= c['until'] and (c.probe == '' or c.probe == token or now >= c.probe_until) then
  c.probe, c.probe_until = token, now + lease
  keep()
  return {'probe', '0', '0', string.format('%.3f', c.since)}
end
return stands()
"""
)

REPORT = Script(
    _RULES
    + """
local verdict, token, successes = ARGV[9], ARGV[10], tonumber(ARGV[11])
local jitter, open_for = tonumber(ARGV[12]), tonumber(ARGV[13])
local function open()
  c.times = c.times + 1
  local length = math.min(longest, opens_for * 2 ^ (math.min(c.times, 20) - 1)) * (1 - jitter / 5)
  c.opened, c.since, c['until'] = 1, now, now + (open_for > 0 and open_for or length)
  forget()
end
if c.opened == 0 then
  count(successes + (verdict == 'succeeded' and 1 or 0), verdict == 'failed' and 1 or 0)
  local calls, fails = c.calls + c.earlier_calls, c.fails + c.earlier_fails
  local is_enough = c.row >= in_a_row or (calls >= enough and fails >= share * calls)
  if verdict == 'failed' and (open_for > 0 or is_enough) then open() end
  keep()
elseif c.probe ~= '' and c.probe == token then
  c.probe = ''
  if verdict == 'failed' then
    open()
  elseif verdict == 'succeeded' then
    c.opened, c.since, c['until'], c.times = 0, now, 0, 0
    forget()
  end
  keep()
end
return stands()
"""
)

STAND = Script(_RULES + "return stands()\n")
