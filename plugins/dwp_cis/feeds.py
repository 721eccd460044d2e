"""The feeds of DWP. Start reading here."""

from __future__ import annotations

from hub.api import BATCH, Compartment, Direction, Feed, ItemState, Output
from plugins.dwp_cis import breaches, citizen_api, enquiries, gateway_rest, gateway_xml, management, officers
from plugins.dwp_cis.access import FEED, LOOKS_UP, WAITS_AS, asked, wanted
from plugins.dwp_cis.asking import written
from plugins.dwp_cis.door import allowed, may_be_asked
from plugins.dwp_cis.policy import LOOKS_UP as POLICY_IN_FORCE
from plugins.dwp_cis.settings import EnquiryOptions

TAKES = ("ENQUIRY",)

ENQUIRIES = Feed(
    name=FEED,
    title="What DWP is asked about a person",
    direction=Direction.OUT,
    options=EnquiryOptions,
    formats={enquiries.FORMAT: enquiries.CSV},
    tally=enquiries.EnquiryTally,
    checks=(*enquiries.CHECKS, may_be_asked.only(BATCH)),
    items=enquiries.enquiry_items,
    match=enquiries.match_enquiry,
    item_key=enquiries.enquiry_key,
    looks_up=(POLICY_IN_FORCE, LOOKS_UP, officers.LOOKS_UP, management.STANDING, breaches.STANDING),
    moves=wanted,
    attempts=asked,
    gathers=(WAITS_AS,),
    conditions={"allowed": allowed},
    outputs=(
        Output("manual", TAKES, write=enquiries.worksheet, becomes=ItemState.SENT),
        Output("citizen_api", TAKES, write=written, converse=citizen_api.converse, becomes=ItemState.SENT),
        Output("gateway_rest", TAKES, write=written, converse=gateway_rest.converse, becomes=ItemState.SENT),
        Output(
            "gateway_xml",
            TAKES,
            write=gateway_xml.write,
            converse=gateway_xml.converse,
            becomes=ItemState.SENT,
        ),
    ),
    compartment=Compartment.DWP,
    personal_data=enquiries.PERSONAL,
)
