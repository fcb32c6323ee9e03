"""What each figure is called where people read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.text import Text, pgettext

NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "created": pgettext("figure", "created"),
        "closed": pgettext("figure", "closed"),
        "reopened": pgettext("figure", "reopened"),
        "replies": pgettext("figure", "replies"),
        "signups": pgettext("figure", "signups"),
        "backlog": pgettext("figure", "backlog"),
        "open": pgettext("figure", "open"),
        "pending": pgettext("figure", "pending"),
        "reopened_share": pgettext("figure", "reopened share"),
        "first_contact": pgettext("figure", "first contact"),
        "first_contact_share": pgettext("figure", "first contact share"),
        "response_average": pgettext("figure", "response average"),
        "response_p90": pgettext("figure", "response p90"),
        "resolution_average": pgettext("figure", "resolution average"),
        "resolution_p90": pgettext("figure", "resolution p90"),
        "department_hops": pgettext("figure", "department hops"),
        "staff_hops": pgettext("figure", "staff hops"),
        "sla_kept": pgettext("figure", "sla kept"),
        "sla_breached": pgettext("figure", "sla breached"),
        "sla_share": pgettext("figure", "sla share"),
        "age_average": pgettext("figure", "age average"),
        "age_p90": pgettext("figure", "age p90"),
        "age_oldest": pgettext("figure", "age oldest"),
    }
)
