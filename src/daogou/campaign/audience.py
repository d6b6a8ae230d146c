"""Channels that reach an audience and nobody by name: no person can be left out of them by lot."""

import re
from collections.abc import Sequence

_WORDS = (
    "search", "sem", "seo", "ppc", "adwords", "social", "content", "video", "affiliate", "affiliates", "influencer",
    "influencers", "kol", "koc", "creator", "creators", "live", "display", "tv", "radio", "outdoor", "print", "press",
    "podcast", "blog", "feed", "ads", "advertising",
)  # fmt: skip
_CHINESE = ("搜索", "社交", "社媒", "内容", "联盟", "达人", "直播", "短视频", "信息流", "种草", "广告", "户外", "电视")


def is_audience(channel: str, affiliates: Sequence[str] = ()) -> bool:
    """Whether a channel of this name reaches an audience; ``affiliates`` names the company's own of that kind.

    >>> [is_audience(name) for name in ("Paid search", "social_ads", "小红书种草", "email", "sms", "research letters")]
    [True, True, True, False, False, False]
    """
    name = channel.strip().lower()
    words = set(re.split(r"[^a-z]+", name))
    return (
        bool(words & set(_WORDS))
        or any(word in name for word in _CHINESE)
        or name in {one.strip().lower() for one in affiliates}
    )
