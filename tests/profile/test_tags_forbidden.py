import pytest

from daogou.base.words import LANGUAGES, language
from daogou.profile.tags_forbidden import FORBIDDEN, Forbidden


@pytest.mark.parametrize("about", FORBIDDEN)
def test_every_word_is_found_by_itself_and_told_apart_by_what_it_is_about(about):
    words = Forbidden()
    for word in FORBIDDEN[about]:
        hit = words.find(word)
        assert hit is not None, word
        assert hit.about in FORBIDDEN


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Pregnancy tests", "health"),
        ("pregnancy_2024", "health"),
        ("birth-control", "health"),
        ("BirthControl", "health"),
        ("Diseases of the heart", "health"),
        ("ＨＩＶ", "health"),
        ("HIV检测", "health"),
        ("疑似糖尿病人群", "health"),
        ("KOSHER FOODS", "religion"),
        ("清真食品", "religion"),
        ("少数民族", "ethnicity"),
        ("Party members", "politics"),
        ("政治面貌", "politics"),
        ("gay bars", "sexual orientation"),
        ("性取向", "sexual orientation"),
        ("Trade-Union", "union membership"),
        ("工会会员", "union membership"),
        ("household income", "finances"),
        ("月收入", "finances"),
        ("minors", "minors"),
        ("未成年人", "minors"),
        ("criminal record", "crime"),
        ("fingerprints", "biometrics and whereabouts"),
        ("Pregnancies", "health"),
        ("disabilities", "health"),
        ("bankruptcies", "finances"),
        ("ethnicities", "ethnicity"),
        ("hALAL", "religion"),
        ("HIVPositive", "health"),
        ("birthcontrol", "health"),
        ("homeaddress", "biometrics and whereabouts"),
        ("preg\u200bnant", "health"),
        ("preg\u00adnant", "health"),
        ("孕 妇", "health"),
        ("糖 尿\u3000病", "health"),
        ("党·员", "politics"),
        ("懷孕", "health"),
        ("孕婦裝", "health"),
        ("黨員", "politics"),
        ("jews", "religion"),
    ],
)
def test_sensitive_words_are_found_inside_other_words_of_a_text(text, about):
    hit = Forbidden().find(text)
    assert hit is not None
    assert hit.about == about


@pytest.mark.parametrize(
    "text",
    [
        *("Gaynor", "Margay", "Christian Dior", "CHRISTIAN LOUBOUTIN", "Asia Minor", "Ursa Minor", "minority report"),
        *("Scar cream", "Wagon", "Earrings", "Union Jack", "European Union", "Credit union", "Democratic design"),
        *("jewels", "Harry Potter", "民 族 风", "民族風長裙", "汉，族谱", "ChristianDior"),
        *("DRUG GM", "NUTRITION", "COSMETICS", "Black Friday", "addresses", "racing", "incoming"),
        *("民族风长裙", "基督山伯爵", "中药材", "护肤", "", "   ", "net_sales_365", "gold", "高价值"),
    ],
)
def test_what_only_looks_alike_is_let_through(text):
    assert Forbidden().find(text) is None


def test_a_company_adds_words_of_its_own_in_either_script():
    words = Forbidden(["vip lounge", "学区"])
    assert words.find("VIP-Lounges").about == "company"
    assert words.find("重点学区房").word == "学区"
    assert words.find("lounge") is None


def test_what_a_word_is_about_is_said_in_both_languages():
    for code in LANGUAGES:
        with language(code):
            said = {Forbidden().find(words[0]).what for words in FORBIDDEN.values()}
            assert len(said) == len(FORBIDDEN)
