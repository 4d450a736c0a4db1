"""One way to write a name, whichever letters somebody used: small Latin letters without marks.

Letter by letter, so that the beginning of a word gives the beginning of what the word gives: whoever types a name sees
it found from the first letters on. Cyrillic follows the passports of Russia and Uzbekistan, Arabic the sounds of its
letters; short vowels aren't written there, and aren't guessed.
"""

import re
import unicodedata
from functools import lru_cache

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
    latin = "".join(LETTERS.get(letter, letter) for letter in plain)
    bare = "".join(c for c in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(c))
    return " ".join(WORD.findall("".join(LETTERS.get(letter, letter) for letter in bare)))


def words_of(*texts: str) -> list[str]:
    """The words of all of them, folded, each once."""
    return list(dict.fromkeys(word for text in texts for word in folded(text).split()))


def digits_of(text: str) -> str:
    """The digits, in whichever script, without the zeros before them: E.164 has no trunk prefix."""
    return "".join(str(int(c)) for c in text if c.isdecimal()).lstrip("0")


def code_of(text: str) -> str:
    """A document's number as it is compared: its letters and digits alone."""
    return "".join(WORD.findall(folded(text)))
