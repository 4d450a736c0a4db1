"""Names of people who don't exist, as they are written where they live."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Names:
    female: tuple[str, ...]
    male: tuple[str, ...]
    last: tuple[str, ...]
    female_ending: str  # what a woman's family name adds to a man's

    def pick(self, dice: Random, gender: str) -> tuple[str, str]:
        """A first and a family name."""
        is_female = gender == "female"
        first = dice.choice(self.female if is_female else self.male)
        return first, dice.choice(self.last) + (self.female_ending if is_female else "")


def names(female: str, male: str, last: str, female_ending: str = "") -> Names:
    return Names(tuple(female.split()), tuple(male.split()), tuple(last.split()), female_ending)


ENGLISH = names(
    female=(
        "Alice Amelia Beth Charlotte Daisy Eleanor Emily Evie Florence Grace Hannah Isla Jessica Lily Lucy Maisie "
        "Megan Molly Olivia Phoebe Poppy Rosie Sophie Zara"
    ),
    male=(
        "Adam Alfie Archie Benjamin Callum Daniel Edward Ethan Finlay George Harry Henry Isaac Jack James Leo Liam "
        "Nathan Oliver Oscar Samuel Theo Thomas William"
    ),
    last=(
        "Adams Bailey Baker Barnes Bennett Brooks Carter Clarke Collins Cooper Davies Edwards Evans Fletcher Foster "
        "Gibson Griffiths Harrison Hughes Jenkins Knight Lawson Marshall Mitchell Murray Osborne Palmer Parker "
        "Reynolds Shaw Simpson Turner Walsh Watson Webb Wright"
    ),
)
UZBEK = names(
    female=(
        "Азиза Барно Гулнора Дилдора Дилноза Дурдона Зарина Зилола Камола Лола Мадина Малика Мафтуна Нигора "
        "Нилуфар Нодира Озода Рано Саида Севара Умида Феруза Шахло Шахноза"
    ),
    male=(
        "Азиз Акмал Алишер Анвар Бахтиёр Бобур Дониёр Жамшид Жасур Зафар Икром Ислом Камрон Отабек Равшан "
        "Рустам Сардор Санжар Тимур Улугбек Фаррух Хуршид Шерзод Элдор"
    ),
    last=(
        "Абдуллаев Азимов Алимов Ахмедов Бакиров Валиев Ганиев Джураев Зокиров Ибрагимов Исмоилов Каримов "
        "Касымов Мирзаев Муминов Назаров Норматов Обидов Рахимов Расулов Садыков Саидов Собиров Султанов "
        "Ташматов Тошев Турсунов Умаров Усманов Файзиев Хакимов Хамидов Холматов Шарипов Эргашев Юсупов"
    ),
    female_ending="а",
)
ARABIC = names(
    female=(
        "آمنة أسماء أمل حصة خديجة دانة رنا ريم زينب سارة سلمى شيخة عائشة علياء فاطمة لطيفة ليلى مريم منى موزة نورة "
        "هدى هند ياسمين"
    ),
    male=(
        "أحمد إبراهيم بدر حسن حمد خالد راشد زايد سالم سعيد سلطان سيف طارق عبدالله عبيد علي عمر فيصل ماجد محمد "
        "منصور ناصر هزاع يوسف"
    ),
    last=(
        "البلوشي الجابري الحمادي الحوسني الخوري الدرمكي الرميثي الزعابي السويدي الشامسي الشحي الظاهري العامري "
        "العلي الفلاسي القاسمي القبيسي الكتبي الكعبي المازمي المرزوقي المري المزروعي المطروشي المنصوري المهيري "
        "النعيمي النقبي الهاشمي اليماحي"
    ),
)

BY_LANGUAGE = {"en": ENGLISH, "ru": UZBEK, "ar": ARABIC}
