"""Which incidents probably have one cause: groups told in similar words, in one department, close in time.

1. Each incident is compared with those of the last weeks that share its most telling words (an inverted index, so the
   work grows with the number of incidents, not with its square).
2. People tell one fault in other words, but the words go round: A shares some with B, and B others with C. So each
   incident is heard together with what its nearest say, the more the more alike they are.
3. The most alike as they are heard are joined first, and two groups only if their members are alike on average in their
   own words, too: no chain of ever less similar incidents makes a group, and none that names another country or system
   is drawn in by likeness of words.
4. A group that has no more in common than chance brings falls apart into those it was joined from that have most.
5. A group told in Greek and one told in English are one if they share codes, service and tags at the same time.

An open problem is a group from the start, with the incidents it is known to cause, and takes in what is like them.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations, islice

from desk.domain.matching import likeness
from desk.domain.matching.chance import Chance
from desk.domain.matching.likeness import Features, Incident, Said
from desk.named import NamedTuple

DAY = 86_400
APART = 30 * DAY
"""Seconds between two incidents beyond which likeness is taken for chance."""
_NEAR = 0.1
"""Cosine, lessened by the time between, from which on an incident is heard together with another."""
_HEARD = 4.0
"""How much what another says counts then, by how alike it is; what the incident says itself counts one."""
_TOGETHER, _LEAST_TOGETHER = 0.75, 0.6
"""The same cosine of two incidents as they are heard, from which on they belong together, at most and at least."""
_KNOWN = 0.32
"""The same of an incident and an open problem in their own words: a problem says what it is from the start."""
_ALIKE, _LEAST_ALIKE = 0.36, 0.18
"""The same of two incidents in their own words."""
_SHARE, _EACH = 0.01, 0.4
"""Which pairs of a department belong together: of all, the most alike, this share, and no more than so many for each incident."""
_OWN = 0.7
"""How much of the likeness in their own words two groups must have on average."""
LEAST = 3
"""Incidents that make a recurrence."""
_TELLING, _RECENT, _NEAREST = 8, 40, 7
"""Of an incident: how many of its rarest features are looked up; of these, how many newest incidents; how many are compared."""
_HEARD_OF, _MOST_HEARD = 6, 48
"""With how many of these an incident is heard, and how many features it has then."""
_LOST = 0.4
"""What two incidents lose of their likeness when they are APART."""
_STRANGE = 0.4
"""What is left of it when they name different things."""
_ACROSS, _MEANWHILE = 0.8, 3 * DAY
"""Cosine of codes, tags and services from which groups of two languages are one, if at most so far from each other."""


class Candidate(NamedTuple):
    """Incidents that probably have one cause, oldest first; `problem`: an open problem they probably belong to.

    `alike` is how similar they are on average, from 0 to 1; `score` is what candidates are ranked by: `alike` times
    their number, less the longer they took and the longer ago it was.
    """

    incidents: tuple[Incident, ...]
    problem: str | None
    alike: float
    score: float
    words: tuple[str, ...]
    """Tokens that most of them share, the most telling first."""


def candidates(rows: Iterable[Incident], *, now: int, least: int = LEAST) -> list[Candidate]:
    """Recurrences of at least `least` incidents, and incidents that fit an open problem, best first."""
    ordered = sorted(rows, key=lambda row: (row.at, row.id))
    said = likeness.weigh_rows(ordered)
    chance = Chance(said)
    places: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(ordered):
        places[row.department].append(number)
    found = []
    for members in places.values():
        for group in _Groups(ordered, said, members, chance, least).joined():
            fresh = sum(not ordered[n].problem for n in group)
            if fresh >= (least if fresh == len(group) else 1):
                found.append(_candidate([ordered[n] for n in group], [said[n].features for n in group], now))
    return sorted(found, key=lambda c: (-c.score, c.incidents[0].id))


class _Pair(NamedTuple):
    """How alike two incidents are in their own words, and what time and names leave of any likeness of theirs."""

    alike: float
    one: int
    two: int
    left: float


class _Group:
    """Incidents that belong together; `names` counts what they name, `words` what they say.

    `parts` are those of the groups it was joined from, or itself, that have most in common, `worth` how much.
    """

    __slots__ = ("first", "last", "members", "names", "parts", "problem", "total", "words", "worth")

    def __init__(self, number: int, row: Incident, said: Said) -> None:
        self.members = [number]
        self.total: Features = dict(said.features)
        self.names = dict.fromkeys(said.names, 1)
        self.words: dict[str, int] = {}
        self.worth = 0.0
        self.parts: list[tuple[int, ...]] = []
        self.problem = row.problem
        self.first = self.last = row.at

    def take(self, other: _Group) -> None:
        self.members += other.members
        likeness.add(self.total, other.total)
        for name, count in other.names.items():
            self.names[name] = self.names.get(name, 0) + count
        self.worth += other.worth
        self.parts += other.parts
        self.problem = self.problem or other.problem
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def alike(self, other: _Group) -> float:
        """Likeness of a member of one and a member of the other in their own words, on average."""
        mean = likeness.dot(self.total, other.total) / (len(self.members) * len(other.members))
        return mean * _strangeness(self.main_names(), other.main_names())

    def main_names(self) -> set[str]:
        most = max(self.names.values(), default=0)
        return {name for name, count in self.names.items() if 2 * count >= most}

    def greek(self) -> bool:
        if "".join(self.total).isascii():
            return False
        return 2 * sum(w for name, w in self.total.items() if not name.isascii()) > sum(self.total.values())


def _strangeness(one: AbstractSet[str], two: AbstractSet[str]) -> float:
    return _STRANGE if one and two and one.isdisjoint(two) else 1.0


def _choose_enough(found: Sequence[float], incidents: int, least: float, most: float) -> float:
    """From which likeness on two incidents of a department belong together, seen from how alike its incidents are."""
    order = sorted(found, reverse=True)
    kept = int(min(_SHARE * incidents * (incidents - 1) / 2, _EACH * incidents))
    return min(most, max(order[kept], least)) if kept < len(order) else least


class _Groups:
    """The incidents of one department, joined while that makes sense."""

    def __init__(
        self, rows: Sequence[Incident], said: Sequence[Said], members: Sequence[int], chance: Chance, least: int
    ) -> None:
        self.rows = rows
        self.said = said
        self.members = members
        self.chance = chance
        self.least = least
        self.found = list(self._pairs())
        self.enough = _OWN * _choose_enough([pair.alike for pair in self.found], len(members), _LEAST_ALIKE, _ALIKE)
        self.heard = self._hear()
        self.of: dict[int, _Group] = {}
        self._part(members)
        known: dict[str, int] = {}
        for number in members:
            if problem := rows[number].problem:
                self._unite(known.setdefault(problem, number), number)

    def joined(self) -> list[list[int]]:
        """Groups of one and more, each in order of time."""
        known = [pair for pair in self.found if self._of_problem(pair.one, pair.two)]
        for _, one, two, _ in sorted(known, reverse=True):
            self._join(one, two)
        pairs = sorted(self._pairs_as_heard(), reverse=True)
        together = _choose_enough([alike for alike, *_ in pairs], len(self.members), _LEAST_TOGETHER, _TOGETHER)
        for alike, one, two in pairs:
            if alike >= together:
                self._join(one, two)
        for group in self._all():
            if not group.problem and len(group.members) >= self.least and group.parts != [tuple(group.members)]:
                self._part(group.members)
                for first, *others in group.parts:
                    for other in others:
                        self._unite(first, other)
        for one, two in self._translations():
            if not (self.of[one].problem and self.of[two].problem):
                self._unite(one, two)
        return [sorted(group.members) for group in self._all()]

    def _part(self, members: Iterable[int]) -> None:
        """Take incidents out of their groups, each to be one of its own."""
        self.of.update((number, _Group(number, self.rows[number], self.said[number])) for number in members)

    def _join(self, one: int, two: int) -> None:
        """Unite the groups of two incidents, if their members are alike on average."""
        a, b = self.of[one], self.of[two]
        if a is b or (a.problem and b.problem):
            return
        # What a problem takes in is handed over to it, so that it has to be alike everywhere by a fixed measure.
        if a.alike(b) >= (_KNOWN if a.problem or b.problem else self.enough):
            self._unite(one, two)

    def _of_problem(self, one: int, two: int) -> bool:
        return bool(self.rows[one].problem or self.rows[two].problem)

    def _hear(self) -> dict[int, Features]:
        """What each incident says, together with what those say that are most like it."""
        near: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for alike, one, two, _ in self.found:
            if not self._of_problem(one, two):
                near[one].append((alike, two))
                near[two].append((alike, one))
        return {number: self._hear_with(number, near[number]) for number in self.members}

    def _hear_with(self, number: int, near: Sequence[tuple[float, int]]) -> Features:
        own = self.said[number].features
        if not near:
            return own
        total = defaultdict(float, own)
        for alike, other in sorted(near, reverse=True)[:_HEARD_OF]:
            share = _HEARD * alike
            for name, weight in self.said[other].features.items():
                total[name] += share * weight
        return likeness.unit(likeness.keep(total, _MOST_HEARD))

    def _pairs_as_heard(self) -> Iterator[tuple[float, int, int]]:
        """The same neighbours, with how alike they are as they are heard."""
        for _, one, two, left in self.found:
            if not self._of_problem(one, two):
                yield likeness.dot(self.heard[one], self.heard[two]) * left, one, two

    def _all(self) -> list[_Group]:
        return list({id(group): group for group in self.of.values()}.values())

    def _unite(self, first: int, second: int) -> None:
        one, two = self.of[first], self.of[second]
        if one is two:
            return
        if len(one.members) < len(two.members):
            one, two = two, one
        one.take(two)
        if len(one.members) >= self.least and not one.problem:
            self.chance.count(two.members if one.words else one.members, one.words)
            worth = self.chance.exceed(one.words, len(one.members))
            if worth > 0 and worth >= one.worth:
                one.worth, one.parts = worth, [tuple(one.members)]
        for number in two.members:
            self.of[number] = one

    def _pairs(self) -> Iterator[_Pair]:
        """Neighbours that are alike, with how much."""
        recent: dict[str, deque[tuple[int, float]]] = defaultdict(lambda: deque(maxlen=_RECENT))
        standing: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number in self.members:
            if self.rows[number].problem:
                for name, weight in self._telling(number).items():
                    standing[name].append((number, weight))
        for number in self.members:
            if self.rows[number].problem:
                continue  # open today, whenever it began: it waits for every incident
            shared: dict[int, float] = defaultdict(float)
            since = self.rows[number].at - APART
            for name, weight in self._telling(number).items():
                near = recent[name]
                while near and self.rows[near[0][0]].at < since:
                    near.popleft()
                for those in (near, standing.get(name, ())):
                    for other, its in those:
                        shared[other] += weight * its
                near.append((number, weight))
            yield from self._alike(number, shared)

    def _telling(self, number: int) -> Features:
        """The features that say most."""
        return dict(islice(self.said[number].features.items(), _TELLING))

    def _alike(self, number: int, shared: dict[int, float]) -> Iterator[_Pair]:
        mine = self.said[number]
        for other in sorted(shared, key=shared.__getitem__, reverse=True)[:_NEAREST]:
            its = self.said[other]
            left = self._between(number, other) * _strangeness(mine.names, its.names)
            found = likeness.dot(mine.features, its.features) * left
            if found >= (_KNOWN if self.rows[other].problem else _NEAR):
                yield _Pair(found, number, other, left)

    def _between(self, one: int, two: int) -> float:
        """What is left of the likeness of two, by the time between them."""
        if self.rows[two].problem and self.rows[one].at > self.rows[two].at:
            return 1.0  # a problem that is open may show at any time; long before it began it can't have
        gap = abs(self.rows[one].at - self.rows[two].at)
        return 1 - _LOST * gap / APART if gap <= APART else 0.0

    def _translations(self) -> list[tuple[int, int]]:
        """A member each of groups that tell the same in two languages, the surest first."""
        sharing: dict[str, list[tuple[_Group, Features, bool]]] = defaultdict(list)
        spoken = [(group, group.greek()) for group in self._all()]
        if len({greek for _, greek in spoken}) < 2:
            return []
        for group, greek in spoken:
            if not (neutral := likeness.unit(likeness.neutral(group.total))):
                continue
            entry = (group, neutral, greek)
            for name in neutral:
                if name[0] != "#" and (len(group.members) > 1 or name[0] != "@"):
                    sharing[name].append(entry)
        found = set()
        for entries in sharing.values():
            for (a, mine, greek), (b, its, other) in combinations(entries[-_RECENT:], 2):
                apart = max(a.first, b.first) - min(a.last, b.last)
                if greek != other and apart <= _MEANWHILE and (alike := likeness.dot(mine, its)) >= _ACROSS:
                    found.add((alike, a.members[0], b.members[0]))
        return [(one, two) for _, one, two in sorted(found, reverse=True)]


def _candidate(rows: Sequence[Incident], features: Sequence[Features], now: int) -> Candidate:
    problem = next((row.problem for row in rows if row.problem), None)
    fresh = tuple(row for row in rows if not row.problem)
    total: Features = {}
    for one in features:
        likeness.add(total, one)
    alike = _mean(total, len(features))
    score = 0.0
    if fresh:
        span, age = fresh[-1].at - fresh[0].at, max(now - fresh[-1].at, 0)
        score = alike * len(fresh) / (1 + span / (2 * APART)) / (1 + age / APART)
    having = Counter(name for one in features for name in one)
    shared = [name for name in total if name[0] not in "#@" and having[name] >= max(2, len(features) / 2)]
    telling = tuple(sorted(shared, key=lambda name: (-total[name], name)))
    return Candidate(fresh, problem, round(alike, 3), round(score, 3), telling)


def _mean(total: Features, count: int) -> float:
    """Likeness of two of `count` incidents on average, from the sum of their features; 1 for a single one."""
    return (sum(w * w for w in total.values()) - count) / (count * (count - 1)) if count > 1 else 1.0
