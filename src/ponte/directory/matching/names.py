"""Names as they are compared: words, sounds, nicknames, generations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ponte.core.text import fold

PARTICLES = frozenset(
    ["da", "de", "do", "das", "dos", "e", "di", "del", "della", "du", "la", "van", "von", "der", "y"]
)
GENERATIONS = {
    "filho": "filho", "filha": "filho", "junior": "filho", "jr": "filho", "neto": "neto", "neta": "neto",
    "sobrinho": "sobrinho", "sobrinha": "sobrinho", "segundo": "filho", "ii": "filho", "iii": "neto",
}  # fmt: skip
TITLES = frozenset(["sr", "sra", "srta", "dr", "dra", "prof", "profa", "eng", "dona", "seu"])
LEGAL_FORMS = frozenset(
    [
        "ltda",
        "me",
        "epp",
        "eireli",
        "sa",
        "s",
        "a",
        "cia",
        "companhia",
        "mei",
        "ss",
        "inc",
        "corp",
        "limitada",
        "comercio",
        "com",
        "ind",
        "industria",
    ]
)
# what people are called → what their documents may say; several where the nickname serves several names
NICKNAMES: dict[str, tuple[str, ...]] = {
    "ze": ("jose",), "chico": ("francisco",), "beto": ("roberto", "alberto", "humberto"), "bia": ("beatriz",), "duda": ("eduarda", "maria"),
    "nando": ("fernando",), "guto": ("augusto", "gustavo"), "gabi": ("gabriela",), "rafa": ("rafael", "rafaela"), "edu": ("eduardo",),
    "cida": ("aparecida",), "malu": ("maria",), "tiao": ("sebastiao",), "toninho": ("antonio",), "tonho": ("antonio",), "toni": ("antonio",),
    "mari": ("mariana", "marina", "maria"), "nanda": ("fernanda",), "carol": ("carolina", "caroline"), "ale": ("alexandre", "alessandra", "alexandra"),
    "xande": ("alexandre",), "dani": ("daniel", "daniela", "daniele"), "lu": ("luciana", "lucia", "luiza"), "gui": ("guilherme",),
    "leo": ("leonardo", "leandro"), "lipe": ("felipe",), "fe": ("fernanda", "felipe"), "ju": ("juliana", "julia"), "juju": ("juliana", "julia"),
    "pati": ("patricia",), "bel": ("isabel", "isabela"), "isa": ("isabel", "isabela"), "vivi": ("viviane",), "rose": ("rosemeire", "rosangela"),
    "tati": ("tatiana", "tatiane"), "cris": ("cristina", "cristiane", "cristiano"), "kaka": ("carlos", "ricardo"), "cadu": ("carlos",),
    "dudu": ("eduardo",), "nino": ("antonio",), "tuca": ("arthur",), "vini": ("vinicius",), "biel": ("gabriel",),
    "matheus": ("mateus",), "teo": ("teodoro",), "paulinho": ("paulo",), "marquinhos": ("marcos",), "luizinho": ("luiz",),
    "pedrinho": ("pedro",), "joaozinho": ("joao",), "aninha": ("ana",), "mariazinha": ("maria",), "ricardinho": ("ricardo",), "nete": ("ivonete",),
    "lena": ("helena", "madalena"), "zeca": ("jose",), "jo": ("joana", "josefa"), "bruninho": ("bruno",), "dri": ("adriana", "adriano"), "drica": ("adriana",),
    "fabi": ("fabiana", "fabiola"), "sil": ("silvia",), "mauricinho": ("mauricio",), "rodrigao": ("rodrigo",), "tico": ("francisco",),
}  # fmt: skip

_WORD = re.compile(r"[a-z0-9]+")
_SOUNDS = (
    ("ph", "f"), ("th", "t"), ("sh", "x"), ("ch", "x"), ("lh", "l"), ("nh", "n"), ("ct", "t"), ("pt", "t"), ("sc", "s"),
    ("qu", "k"), ("ck", "k"), ("gu", "g"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("y", "i"), ("w", "v"),
    ("z", "s"), ("c", "k"), ("q", "k"), ("h", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. ``first`` and ``last`` are sounds; ``calls`` the sounds the first name may stand for."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    generation: str
    calls: frozenset[str]

    @property
    def first(self) -> str:
        return self.sounds[0] if self.sounds else ""

    @property
    def last(self) -> str:
        return self.sounds[-1] if len(self.sounds) > 1 else ""


NOBODY = Name((), (), "", frozenset())


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return how a folded Portuguese word sounds, roughly: spellings of one name fall together."""
    text = word
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    text = re.sub(r"(.)\1+", r"\1", text)
    text = re.sub(r"[nm](?=[^aeiou]|$)", "n", text)
    return re.sub(r"o$", "u", text) or word


@lru_cache(maxsize=20_000)
def person_name(text: str) -> Name:
    """Return a person's name taken apart; particles and titles are left out, generations ("Filho") kept apart."""
    words = [word for word in _WORD.findall(fold(text).replace("'", "")) if word not in PARTICLES]
    if len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    generation = ""
    if len(words) > 2 and words[-1] in GENERATIONS:
        generation, words = GENERATIONS[words[-1]], words[:-1]
    if not words:
        return NOBODY
    calls = {sound(words[0]), *(sound(name) for name in NICKNAMES.get(words[0], ()))}
    return Name(tuple(words), tuple(sound(word) for word in words), generation, frozenset(calls))


@lru_cache(maxsize=20_000)
def company_name(text: str) -> Name:
    """Return a company's name taken apart, without its legal form."""
    words = [word for word in _WORD.findall(fold(text).replace("'", "")) if word not in PARTICLES]
    telling = [word for word in words if word not in LEGAL_FORMS] or words
    if not telling:
        return NOBODY
    return Name(tuple(telling), tuple(sound(word) for word in telling), "", frozenset({sound(telling[0])}))
