"""Labelled customers for the search for duplicates: people, families, homonyms, and copies of people with what goes wrong in Brazil."""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bench.names import CITIES, FIRST, LAST

NICK = {
    "José": "Zé", "Francisco": "Chico", "Antônio": "Toninho", "Eduardo": "Edu", "Fernanda": "Nanda", "Gabriel": "Biel", "Rafael": "Rafa", "Daniel": "Dani",
    "Juliana": "Ju", "Patrícia": "Pati", "Felipe": "Lipe", "Leonardo": "Leo", "Mariana": "Mari", "Beatriz": "Bia", "Guilherme": "Gui", "Alexandre": "Alê",
}  # fmt: skip
DOMAINS = ("gmail.com",) * 5 + (
    "hotmail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com.br",
    "uol.com.br",
    "bol.com.br",
    "terra.com.br",
)
SYLLABLES = [
    "ja",
    "ju",
    "ma",
    "mi",
    "cle",
    "le",
    "ne",
    "ro",
    "va",
    "ze",
    "da",
    "ge",
    "ri",
    "si",
    "ta",
    "vi",
    "wa",
    "lu",
    "ca",
    "be",
    "no",
    "do",
    "pa",
    "fe",
    "go",
]
ENDS = ["ane", "ene", "ilda", "ison", "eide", "iana", "ton", "ina", "aldo", "elson", "ia", "esa"]


@dataclass(frozen=True)
class Made:
    """One record; records of one ``truth`` are one person."""

    truth: int
    name: str
    birthday: date | None
    cpf: str
    email: str
    phone: str
    city: str
    state: str
    postal_code: str
    number: str


class Maker:
    """An endless, repeatable stream of records from a seed: about one in twelve is a copy of the person before."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.truth = 0
        self.first = [*FIRST, *NICK, *self._rare(2000)]
        self.first_weights = [1 / (rank + 4) for rank in range(len(self.first))]
        self.last = [*LAST, *self._rare(4000)]
        self.last_weights = [1 / (rank + 3) for rank in range(len(self.last))]

    def records(self, number: int) -> Iterator[Made]:
        """Yield ``number`` records."""
        left = number
        while left > 0:
            made = list(self._household() if self.random.random() < 0.15 else [self._person()])
            for one in list(made):
                copies = self.random.choices((0, 1, 2), (90, 8.5, 1.5))[0]
                made += [self._copy(one) for _ in range(copies)]
            yield from made[:left]
            left -= len(made)

    def _rare(self, number: int) -> list[str]:
        pick = self.random.choice
        return [
            "".join(pick(SYLLABLES) for _ in range(self.random.randint(1, 2))).capitalize() + pick(ENDS)
            for _ in range(number)
        ]

    def _person(self, **given: object) -> Made:
        chance, pick = self.random.random, self.random.choice
        self.truth += 1
        first = self.random.choices(self.first, self.first_weights)[0]
        if chance() < 0.15:
            first += " " + self.random.choices(self.first, self.first_weights)[0]
        lasts = self.random.choices(self.last, self.last_weights, k=pick((1, 2, 2, 2, 3)))
        name = " ".join([first, *(f"da {one}" if chance() < 0.05 else one for one in lasts)])
        city, state, area = CITIES[min(int(self.random.expovariate(0.25)), len(CITIES) - 1)]
        made = Made(
            truth=self.truth,
            name=name,
            birthday=date(1940, 1, 1) + timedelta(days=self.random.randrange(25_000))
            if chance() < 0.55
            else None,
            cpf="".join(self.random.choices(string.digits, k=11)) if chance() < 0.35 else "",
            email=self._email(name) if chance() < 0.65 else "",
            phone=f"+55{area}9{self.random.randrange(10**7, 10**8)}" if chance() < 0.85 else "",
            city=city if chance() < 0.85 else "",
            state=state,
            postal_code=f"{self.random.randrange(10**7, 10**8)}" if chance() < 0.3 else "",
            number=str(self.random.randrange(1, 2000)),
        )
        return replace(made, **given)  # type: ignore[arg-type]

    def _email(self, name: str) -> str:
        words = plain(name).split()
        local = self.random.choice(
            (
                ".".join((words[0], words[-1])),
                words[0] + words[-1],
                words[0][0] + words[-1],
                words[-1] + "." + words[0],
            )
        )
        tail = str(self.random.randrange(1000)) if self.random.random() < 0.7 else ""
        return f"{local}{tail}@{self.random.choice(DOMAINS)}"

    def _household(self) -> list[Made]:
        """A couple, parents and children, twins, or a father and a son of one name: same phone or address, not the same people."""
        head = self._person()
        family = head.name.split()[-1]
        shared = {
            "city": head.city,
            "state": head.state,
            "postal_code": head.postal_code,
            "number": head.number,
        }
        people = [head]
        for _ in range(self.random.choice((1, 1, 2, 3))):
            one = self._person(**shared)
            one = replace(
                one,
                name=" ".join([*one.name.split()[:-1], family])
                if len(one.name.split()) > 1
                else f"{one.name} {family}",
            )
            if self.random.random() < 0.5:
                one = replace(one, phone=head.phone)
            if self.random.random() < 0.08:
                one = replace(one, email=head.email)
            people.append(one)
        if self.random.random() < 0.06:  # father and son
            suffix = self.random.choice((" Filho", " Júnior", " Neto", "", ""))
            born = (
                head.birthday + timedelta(days=self.random.randrange(8000, 13_000)) if head.birthday else None
            )
            people.append(self._person(**shared, name=head.name + suffix, phone=head.phone, birthday=born))
        if self.random.random() < 0.08:  # twins
            people.append(
                self._person(
                    **shared,
                    birthday=people[-1].birthday,
                    name=f"{self.random.choice(FIRST)} {family}",
                    phone=head.phone,
                )
            )
        return people

    def _copy(self, one: Made) -> Made:
        """The same person entered again: each thing may be missing, new, or mistyped."""
        chance = self.random.random
        changed: dict[str, object] = {"name": self._name_again(one.name)}
        fresh = self._person()
        self.truth -= 1
        for field, gone, new in (
            ("email", 0.35, 0.2),
            ("phone", 0.15, 0.2),
            ("birthday", 0.3, 0),
            ("cpf", 0.4, 0),
            ("city", 0.15, 0.07),
            ("postal_code", 0.5, 0.2),
        ):
            if chance() < gone:
                changed[field] = None if field == "birthday" else ""
            elif chance() < new:
                changed[field] = getattr(fresh, field)
        if one.phone and "phone" not in changed and chance() < 0.25:
            changed["phone"] = one.phone[:5] + one.phone[6:]  # without the ninth digit
        elif one.phone and "phone" not in changed and chance() < 0.05:
            changed["phone"] = one.phone[:8] + str(self.random.randrange(10)) + one.phone[9:]
        if one.email and "email" not in changed and chance() < 0.12:
            local, _, domain = one.email.partition("@")
            changed["email"] = (
                f"{local}@{self.random.choice(DOMAINS)}"
                if chance() < 0.5
                else f"{self._typo(local)}@{domain}"
            )
        if one.birthday and "birthday" not in changed and chance() < 0.08 and one.birthday.day <= 12:
            changed["birthday"] = one.birthday.replace(month=one.birthday.day, day=one.birthday.month)
        made = replace(one, **changed)  # type: ignore[arg-type]
        bare = not (made.phone or made.email or made.cpf or made.birthday)
        return replace(made, phone=one.phone, email=one.email) if bare else made

    def _name_again(self, name: str) -> str:
        words, roll = name.split(), self.random.random()
        if roll < 0.35:
            again = name
        elif roll < 0.50 and len(words) > 2:
            again = (
                " ".join([words[0], *words[2:]])
                if self.random.random() < 0.5
                else f"{words[0]} {words[1][0]}. {' '.join(words[2:])}"
            )
        elif roll < 0.60 and len(words) > 2:
            again = f"{words[0]} {words[-1]}"
        elif roll < 0.66:
            again = " ".join([words[-1], *words[:-1]])
        elif roll < 0.72 and words[0] in NICK:
            again = " ".join([NICK[words[0]], *words[1:]])
        elif roll < 0.84:
            at = self.random.randrange(len(words))
            again = " ".join([*words[:at], self._typo(words[at]), *words[at + 1 :]])
        else:
            again = (
                name.replace("z", "s").replace("ss", "ç")
                if self.random.random() < 0.5
                else name.replace("i", "y", 1)
            )
        style = self.random.random()
        return plain(again).title() if style < 0.3 else again.upper() if style < 0.45 else again

    def _typo(self, word: str) -> str:
        if len(word) < 4:
            return word
        at = self.random.randrange(1, len(word) - 1)
        kind = self.random.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind == 1:
            return word[:at] + word[at + 1 :]
        return (
            word[:at]
            + (word[at] if kind == 2 else self.random.choice(string.ascii_lowercase))
            + word[at + (kind != 2) :]
        )


def plain(text: str) -> str:
    """Return a text without accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
