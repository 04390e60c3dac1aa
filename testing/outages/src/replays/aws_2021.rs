//! AWS us-east-1, 7 December 2021: servers behind many CDNs failed at once; the CDNs were well.

use super::parts::{Kind, Page, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Truth};

const BEGINS: Moment = clock(15, 30, 0);
const ENDS: Moment = clock(16, 5, 0);

pub(super) fn outage() -> Outage {
    let behind =
        |cdn: &'static [&'static str], share, fate| Phase { share, ..phase(BEGINS, ENDS, Of::Names(cdn), fate) };
    Outage {
        facts: "AWS's summary: from 15:30 for hours; us-east-1 alone; sites behind any CDN failed with their servers. \
                Guessed: which words each CDN said of it, and the shares.",
        cut: Some("it lasted for hours; thirty-five minutes are played"),
        midnight: 1_638_835_200,
        hosts: with_controls(vec![
            site("www.ticket-like.com", Cdn::Fastly).behind("us-east-1", "gunicorn"),
            site("www.tinder-like.com", Cdn::Cloudflare).behind("us-east-1", "nginx"),
            site("www.disney-like.com", Cdn::CloudFront).behind("us-east-1", "nginx"),
            site("www.delta-like.org", Cdn::Akamai).behind("us-east-1", "Apache"),
            site("www.kindle-like.net", Cdn::Own).behind("us-east-1", "awselb/2.0"),
            site("www.static-like.org", Cdn::CloudFront).behind("eu-west-1", "AmazonS3"),
        ]),
        phases: vec![
            behind(&["www.ticket-like.com"], 0.95, Fate::Answers(Page::FastlyGuru(503, "first byte timeout"), 1_500)),
            behind(&["www.tinder-like.com"], 0.95, Fate::Answers(Page::Cloudflare522, 2_000)),
            behind(&["www.disney-like.com"], 0.95, Fate::Answers(Page::CloudFront504, 1_500)),
            behind(&["www.delta-like.org"], 0.95, Fate::Answers(Page::Akamai504, 1_500)),
            behind(&["www.kindle-like.net"], 0.95, Fate::Answers(Page::LoadBalancer503, 80)),
        ],
        truths: vec![Truth {
            vague: &["comes_and_goes", "recovering", "overloaded"],
            ..down(BEGINS, ENDS, Of::OriginIn("us-east-1"), &["origin", "cloud_region"], &["origin", "cloud_region"])
        }],
        ..replay("aws-2021", "AWS us-east-1, 7 December 2021", Kind::Global, BEGINS, ENDS)
    }
}
