"""Writes entries.json into pages.warc.gz with warcio and indexes it for pywb; run by archive.rs in the archive's folder."""

import json
from io import BytesIO

from pywb.indexer.cdxindexer import main as index
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

with open("entries.json", encoding="utf-8") as file:
    entries = json.load(file)

with open("pages.warc.gz", "wb") as file:
    writer = WARCWriter(file, gzip=True)
    for entry in entries:
        body = entry["body"].encode()
        headers = StatusAndHeaders(
            entry["status"],
            [("Content-Type", entry["media_type"]), ("Content-Length", str(len(body)))]
            + ([("Location", entry["location"])] if entry["location"] else []),
            protocol="HTTP/1.1",
        )
        record = writer.create_warc_record(
            entry["url"],
            "response",
            payload=BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": entry["date"]},
        )
        writer.write_record(record)

index(["--cdxj", "--sort", "--output", "index.cdxj", "pages.warc.gz"])
