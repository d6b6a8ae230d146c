"""Words that may never be a tag: what the law calls sensitive, and what a company adds.

After the special categories of the GDPR (Art. 9, 10), the sensitive personal information of China's PIPL (Art. 28), and
what advertising platforms refuse. English is matched by whole words, singular or plural, whatever stands between them
or nothing (``birth_control``, ``BirthControl``, ``birthcontrol``); Chinese by characters, simplified or traditional,
also where blanks stand between them. What only sounds alike is taken out first.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from daogou.base.words import gettext as _

FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "health": (
        *("pregnant", "pregnancy", "prenatal", "maternity", "abortion", "miscarriage", "fertility", "infertile"),
        *("infertility", "contraceptive", "contraception", "birth control", "condom", "menopause", "diabetes"),
        *("diabetic", "insulin", "cancer", "tumor", "tumour", "oncology", "chemotherapy", "hiv", "hepatitis"),
        *("epilepsy", "asthma", "dementia", "alzheimer", "alzheimers", "autism", "autistic", "adhd", "depression"),
        *("depressed", "anxiety disorder", "bipolar", "schizophrenia", "mental health", "mental illness"),
        *("psychiatric", "suicide", "suicidal", "addict", "addiction", "alcoholic", "alcoholism", "rehab"),
        *("disability", "disabled", "wheelchair", "incontinence", "erectile dysfunction", "obese", "obesity"),
        *("illness", "disease", "diagnosis", "patient", "medical", "medical history", "medical record", "medication"),
        *("prescription", "symptom", "health condition", "health status", "blood type", "hearing aid"),
        *("asthmatic", "cancerous", "hypertension", "高血压", "心脏病", "痛风"),
        *(
            "疾病",
            "患者",
            "病史",
            "病人",
            "慢病",
            "怀孕",
            "孕妇",
            "孕期",
            "备孕",
            "验孕",
            "孕产",
            "避孕",
            "流产",
            "堕胎",
        ),
        *("不孕", "更年期", "糖尿病", "胰岛素", "癌", "肿瘤", "艾滋", "肝炎", "癫痫", "哮喘", "痴呆", "自闭症", "抑郁"),
        *("焦虑症", "精神病", "精神分裂", "自杀", "成瘾", "酗酒", "戒毒", "残疾", "残障", "失禁", "阳痿", "肥胖症"),
        *("处方药", "用药", "就诊", "诊断", "体检", "健康状况", "血型"),
    ),
    "religion": (
        *("religion", "religious", "muslim", "moslem", "islam", "islamic", "halal", "christian"),
        *("christianity", "catholic", "protestant", "mormon", "jewish", "judaism", "kosher", "buddhist", "buddhism"),
        *("jew", "hindu", "hinduism", "sikh", "taoist", "atheist", "atheism", "bible", "quran", "koran", "torah"),
        *("宗教", "信仰", "信徒", "教徒", "穆斯林", "伊斯兰", "清真", "基督", "天主教", "犹太", "佛教", "信佛", "道教"),
        *("印度教", "古兰经", "圣经", "无神论"),
    ),
    "ethnicity": (
        *("ethnic", "ethnicity", "racial", "skin color", "skin colour", "caucasian", "african american", "hispanic"),
        *("latino", "latina", "asian american", "native american", "aboriginal", "indigenous", "immigrant"),
        *("immigration status", "national origin", "refugee"),
        *("民族", "种族", "族裔", "肤色", "汉族", "回族", "藏族", "满族", "苗族", "壮族", "彝族", "蒙古族", "维吾尔"),
        *("哈萨克族", "朝鲜族", "移民", "难民"),
    ),
    "politics": (
        *("politics", "political", "republican", "democrat", "communist", "socialist", "leftist", "right wing"),
        *("left wing", "party member", "voter", "voting", "protester", "activist"),
        *("政治", "党员", "党派", "政党", "团员", "政见", "选民", "上访", "维权人士"),
    ),
    "sexual orientation": (
        *("sexual", "sexuality", "gay", "lesbian", "bisexual", "homosexual", "heterosexual", "transgender"),
        *("transsexual", "queer", "lgbt", "lgbtq", "gender identity", "sex life", "sex toy"),
        *("性取向", "性向", "同性恋", "双性恋", "异性恋", "跨性别", "变性", "出柜", "性生活", "情趣用品"),
    ),
    "union membership": (
        *("trade union", "trades union", "labor union", "labour union", "union member", "union membership"),
        *("unionized", "unionised", "工会"),
    ),
    "finances": (
        *("income", "salary", "wage", "earnings", "net worth", "wealth", "credit score", "credit rating"),
        *("credit report", "debt", "indebted", "bankrupt", "bankruptcy", "overdraft", "overdrawn", "insolvent"),
        *("foreclosure", "payday loan", "loan default", "bank balance", "bank account", "bank card", "card number"),
        *("收入", "工资", "薪资", "薪水", "月薪", "年薪", "身家", "资产总额", "征信", "信用分", "负债", "欠款", "欠债"),
        *("信用评分", "破产", "逾期还款", "网贷", "存款", "银行卡", "银行账户", "卡号"),
    ),
    "minors": (
        *("minor", "underage", "under age", "juvenile", "under 13", "under 14", "under 16", "under 18"),
        *("未成年", "14岁以下", "十四岁以下", "18岁以下", "十八岁以下", "小学生", "中学生"),
    ),
    "crime": (
        *("criminal", "criminal record", "convict", "conviction", "felon", "felony", "prison", "parole"),
        *("犯罪", "前科", "服刑", "刑满", "案底"),
    ),
    "biometrics and whereabouts": (
        *("biometric", "fingerprint", "face id", "facial recognition", "iris scan", "dna", "genetic", "genetics"),
        *("home address", "gps", "precise location", "whereabouts"),
        *("生物识别", "指纹", "人脸", "虹膜", "基因", "行踪", "精准定位", "家庭住址", "身份证"),
    ),
}
NOT_MEANT = (
    *("christian dior", "christian louboutin", "christian lacroix", "gay lussac", "medical grade", "prison break"),
    *("asia minor", "ursa minor", "minor league", "minor key", "tropic of cancer", "民族风", "收入囊中", "基督山"),
)
_WIDE = "\u2e80-\u9fff\uf900-\ufaff"  # Chinese and its like: no spaces between words
_SIMPLIFIED = str.maketrans(  # traditional characters of the words above
    "產會體黨別雙變號員團聖壯處備婦學歲異徵懷總戀戶斷無權檢殘漢滿猶狀癲癮癇種經維紋網膚腫臉藥薩慮見論訪證識診負賬帳貸資"
    "蹤還選鬱銀閉陽難額驗鮮敎爾殺況蘭壓臟評風",
    "产会体党别双变号员团圣壮处备妇学岁异征怀总恋户断无权检残汉满犹状癫瘾痫种经维纹网肤肿脸药萨虑见论访证识诊负账账贷资"
    "踪还选郁银闭阳难额验鲜教尔杀况兰压脏评风",
)


@dataclass(frozen=True)
class Hit:
    """The word that was found, and what it is about: a key of :data:`FORBIDDEN`, or ``company``."""

    word: str
    about: str

    @property
    def what(self) -> str:
        """What the word is about, in the current language."""
        return {
            "health": _("health"),
            "religion": _("religion"),
            "ethnicity": _("ethnicity"),
            "politics": _("politics"),
            "sexual orientation": _("sex and sexual orientation"),
            "union membership": _("union membership"),
            "finances": _("a person's finances"),
            "minors": _("minors"),
            "crime": _("crime"),
            "biometrics and whereabouts": _("biometrics or whereabouts"),
            "company": _("your own list"),
        }[self.about]


class Forbidden:
    """The built-in words and a company's own."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        """``own``: further words and phrases."""
        hits = [Hit(word, about) for about, words in FORBIDDEN.items() for word in words]
        hits += [Hit(word, "company") for word in own if _plain(word)]
        self._words = {form: hit for hit in hits for form in _forms(_plain(hit.word))}

    def find(self, text: str) -> Hit | None:
        """The first forbidden word in ``text``; None where there is none.

        >>> Forbidden().find("Pregnancy tests").about, Forbidden().find("孕妇装").word
        ('health', '孕妇')
        >>> [Forbidden().find(text) for text in ("Gaynor's", "Christian Dior", "Scar cream", "民族风长裙")]
        [None, None, None, None]
        """
        for told in (text, text.casefold()):  # "BirthControl" is two words, and "hALAL" is one
            found = self._pattern.search(_NOT_MEANT.sub(" ", _plain(told)))
            if found is not None:
                return self._words[found.group()]
        return None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _either(self._words)


def _forms(word: str) -> Iterator[str]:
    """A plain word in singular and plural, its parts apart and joined."""
    for form in (word, word.replace(" ", "")):
        yield from (form, f"{form}s", f"{form}es")
        if re.search("[^aeiou]y$", form):
            yield f"{form[:-1]}ies"


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words: whole ones between letters and digits of Latin script, any run of Chinese."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    latin = "|".join(re.escape(word) for word in ordered if not re.search(f"[{_WIDE}]", word))
    wide = "|".join(re.escape(word) for word in ordered if re.search(f"[{_WIDE}]", word))
    edge = f"[^\\W_{_WIDE}]"
    return re.compile(f"(?<!{edge})(?:{latin})(?!{edge})" + (f"|{wide}" if wide else ""))


def _plain(text: str) -> str:
    """Full width, traditional characters, case, camel case and joints made alike; one blank between words.

    What cannot be seen is left out, and so are blanks and joints between Chinese characters.
    """
    told = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED)
    told = "".join(letter for letter in told if unicodedata.category(letter) != "Cf")
    told = re.sub(f"(?<=[{_WIDE}])[\\s·・._-]+(?=[{_WIDE}])", "", told)
    told = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", told).casefold()
    return re.sub(r"[\W_]+", " ", re.sub("['\u2019]", "", told)).strip()


_NOT_MEANT = _either(form for phrase in NOT_MEANT for form in _forms(_plain(phrase)))
