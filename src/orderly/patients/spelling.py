"""One way to write a name, whichever letters somebody used: small Latin letters without marks.

Letter by letter, so that the beginning of a word gives the beginning of what the word gives: whoever types a name sees
it found from the first letters on. Cyrillic follows the passports of Russia and Uzbekistan, Arabic the sounds of its
letters; short vowels aren't written there, and aren't guessed.
"""

import re
import unicodedata
from functools import lru_cache

from orderly.core.text import latin_digits

CYRILLIC = {
    **dict(zip("абвгдезиклмнопрстуфыэқғҳўіәөүұ", "abvgdeziklmnoprstufyeqghoiaouu", strict=True)),
    "ж": "zh",
    "й": "y",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ё": "e",
    "ю": "yu",
    "я": "ya",
    "є": "e",
    "ї": "i",
    "ґ": "g",
    "ң": "n",
    "һ": "h",
}
ARABIC = {
    **dict(zip("ابتجحدرزسصضطظفقكلمنهويةىآأإئؤپچگکی", "abtjhdrzssdtzfqklmnhwyhaaaaywpcgky", strict=True)),
    "ث": "th",
    "خ": "kh",
    "ذ": "dh",
    "ش": "sh",
    "غ": "gh",
    "ژ": "zh",
    "ع": "",
    "ء": "",
    "ـ": "",
}
LATIN = {"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a", "ð": "d", "þ": "th"}
LETTERS = {**CYRILLIC, **ARABIC, **LATIN}
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻʹ`´ʿʾ"))
WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """`text` in small Latin letters and digits, its words with one space between: "Oʻzbek-Ёлкина" → "ozbek elkina"."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(APOSTROPHES)
    latin = "".join(LETTERS.get(c, c) for c in latin_digits(plain))
    bare = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c))
    return " ".join(WORD.findall("".join(LETTERS.get(letter, letter) for letter in bare)))


def words_of(*texts: str) -> list[str]:
    """The words of all of them, folded, each once."""
    return list(dict.fromkeys(word for text in texts for word in folded(text).split()))


def digits_of(text: str) -> str:
    """The digits, in whichever script, without the zeros before them: E.164 has no trunk prefix."""
    return "".join(c for c in latin_digits(text) if c.isdecimal()).lstrip("0")


def code_of(text: str) -> str:
    """A document's number as it is compared: its letters and digits alone."""
    return "".join(WORD.findall(folded(text)))


# How names are heard rather than written: what Latin, Cyrillic and Arabic can't tell apart has one sign.
SOUNDS = (
    *((re.compile(rf"\b{beginning}"), sign) for beginning, sign in (("ye", "e"), ("y(?!i)", "j"), ("w", "v"))),
    (re.compile(r"w(?![aeiouy])"), ""),
    (re.compile(r"\bx|x(?=[trlmnbh])"), "h"),
    (re.compile(r"shch|sch|sh"), "1"),
    (re.compile(r"dzh|dj|zh"), "j"),
    (re.compile(r"tsh|ch"), "2"),
    (re.compile(r"kh|gh"), "h"),
    (re.compile(r"ph|[vw]"), "f"),
    (re.compile(r"ck|c(?![eiy])|q"), "k"),
    (re.compile(r"c"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"dh|ð"), "d"),
    (re.compile(r"th"), "t"),
    (re.compile(r"p"), "b"),
)
SILENT = re.compile(r"[^a-z0-9]|[aeiouy]|h\b")
TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def sound(name: str) -> str:
    """The consonants of a name as they are heard, whatever it is written in: Mohammed, Мухаммед and محمد are "mhmd".

    Vowels go, since Arabic doesn't write the short ones; the first letter of Ю and of Y before a vowel stays as j.
    """
    heard = folded(name)
    for pattern, sign in SOUNDS:
        heard = pattern.sub(sign, heard)
    return TWICE.sub(r"\1", SILENT.sub("", heard))
