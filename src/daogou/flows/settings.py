"""``daogou.toml`` as a whole: every room's settings, assembled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daogou.base.errors import DaogouError
from daogou.base.settings import check_known, read_toml, required, setting, validated
from daogou.base.words import LANGUAGES, current_language
from daogou.base.words import gettext as _
from daogou.campaign.settings import PlanSettings
from daogou.collect.settings import RefundRule, Source
from daogou.measure.attribution_settings import AttributionSettings
from daogou.measure.money_settings import MoneySettings
from daogou.measure.settings import MeasureSettings
from daogou.predict.settings import PredictSettings, with_targets
from daogou.predict.value_settings import ValueSettings
from daogou.profile.lifecycle_settings import LifecycleSettings
from daogou.profile.settings import ProfileSettings, SegmentSettings
from daogou.profile.tag_settings import TagsSettings, read_tags
from daogou.recommend.presets import with_preset
from daogou.recommend.settings import RecommendSettings
from daogou.report.settings import ReportSettings
from daogou.store.settings import WarehouseSettings

FILE = "daogou.toml"


@dataclass(frozen=True)
class CompanySettings:
    """Who the company is."""

    timezone: str = required("the zone in which its days begin, e.g. 'Asia/Shanghai'")
    currency: str = required("ISO 4217 code of every amount, e.g. 'CNY'")
    name: str = setting("", "how the report calls it")
    language: str = setting("en", "language of commands and of the report's first view: en or zh")


@dataclass(frozen=True)
class Settings:
    """Everything that ``daogou.toml`` says."""

    company: CompanySettings
    sources: dict[str, Source]
    warehouse: WarehouseSettings = field(default_factory=WarehouseSettings)
    profile: ProfileSettings = field(default_factory=ProfileSettings)
    segment: SegmentSettings = field(default_factory=SegmentSettings)
    lifecycle: LifecycleSettings = field(default_factory=LifecycleSettings)
    tags: TagsSettings = field(default_factory=TagsSettings)
    recommend: RecommendSettings = field(default_factory=RecommendSettings)
    predict: PredictSettings = field(default_factory=PredictSettings)
    value: ValueSettings = field(default_factory=ValueSettings)
    plan: PlanSettings = field(default_factory=PlanSettings)
    measure: MeasureSettings = field(default_factory=MeasureSettings)
    attribution: AttributionSettings = field(default_factory=AttributionSettings)
    money: MoneySettings = field(default_factory=MoneySettings)
    report: ReportSettings = field(default_factory=ReportSettings)


_NAMED = ("sources", "tags")  # their own sections have names that the company chooses
SECTIONS: dict[str, Any] = {name: kind for name, kind in get_type_hints(Settings).items() if name not in _NAMED}


def read_settings(folder: Path) -> Settings:
    """The settings of the workspace in ``folder``.

    Raises:
        DaogouError: the file is missing or not TOML, or a setting is unknown, missing or wrong.
    """
    path = folder / FILE
    values = read_toml(path)
    check_known(values, [*SECTIONS, *_NAMED], str(path), _("section"))
    company = validated(CompanySettings, _section(values, "company", path), _where("company"))
    _check_company(company)
    return Settings(
        company=company,
        sources={name: _source(name, source) for name, source in _section(values, "sources", path).items()},
        tags=read_tags(_section(values, "tags", path)),
        **{
            name: validated(kind, _with_defaults(name, _section(values, name, path)), _where(name))
            for name, kind in SECTIONS.items()
            if name != "company"
        },
    )


def company_language(folder: Path) -> str:
    """The language that the settings ask for, so that even their own errors come in it; the current one without any."""
    try:
        company = read_toml(folder / FILE).get("company")
    except DaogouError:
        return current_language()
    asked = company.get("language", "en") if isinstance(company, Mapping) else None
    return asked if asked in LANGUAGES else current_language()


def _section(values: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    section = values.get(name, {})
    if not isinstance(section, Mapping):
        raise DaogouError(
            _("'{name}' is a value, not a section").format(name=name), str(path), _("Write [{name}].").format(name=name)
        )
    return section


def _with_defaults(section: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    if section == "predict":
        return with_targets(values)
    return with_preset(values) if section == "recommend" else values


def _where(section: str) -> str:
    return f"{FILE} [{section}]"


def _source(name: str, values: Any) -> Source:
    where = _where(f"sources.{name}")
    if not isinstance(values, Mapping):
        raise DaogouError(
            _("'{name}' is a value, not a section").format(name=name),
            _where("sources"),
            _("Write [sources.{name}].").format(name=name),
        )
    rule = values.get("refund_when")
    if isinstance(rule, Mapping):
        values = dict(values) | {"refund_when": validated(RefundRule, rule, f"{where} refund_when")}
    source = validated(Source, values, where)
    if source.timezone is not None:
        _check_zone(source.timezone, where)
    return source


def _check_company(company: CompanySettings) -> None:
    _check_zone(company.timezone, _where("company"))
    if not re.fullmatch("[A-Z]{3}", company.currency):
        raise DaogouError(
            _("the currency is '{currency}', not a code of three capitals").format(currency=company.currency),
            _where("company"),
            _("Write its ISO 4217 code, such as 'CNY', 'EUR' or 'USD'."),
        )
    if company.language not in LANGUAGES:
        raise DaogouError(
            _("the language is '{language}'").format(language=company.language),
            _where("company"),
            _("Write one of: {languages}.").format(languages=", ".join(LANGUAGES)),
        )


def _check_zone(zone: str, where: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DaogouError(
            _("there is no time zone '{zone}'").format(zone=zone),
            where,
            _("Write a name such as 'Asia/Shanghai', 'Europe/London' or 'America/New_York'."),
        ) from None
