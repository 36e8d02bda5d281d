//! What a page is told of the roof that is selected: one message of the bridge, and the commands that change it.
//!
//! # The message
//!
//! Sent when the selection, the choice, the language or the answer changes. Amounts are numbers for drawing; every sentence and every written number is in
//! the language of the state and stands ready to be shown. Keys never change meaning; a page passes over those it does not know.
//!
//! ```text
//! { "kind": "roof",
//!   "state": "none"      nothing selected, or no building, or a territory without a roof book: show no card
//!          | "waiting"   on its way
//!          | "absent"    the book does not know this building            → "message" says so
//!          | "empty"     a roof on which no module fits (or all are off) → "message" says so; "planes" is there
//!          | "failed"    could not be fetched or read                    → "message" says so; the command try-again asks once more
//!          | "ready",
//!   "building": "id" | null,
//!   "message": "sentence" | null,
//!   "choice": { "load": "household" | "farm" | "school" | "meter", "loadKwh": number | null, "batteryKwh": number, "sellAll": bool,
//!               "planes": [plane, …] | null, "without": [[plane, place], …] },
//!   "meter": { "name": "file's name", "hours": number } | null,         a meter's file that was handed in and is kept on this device
//!   "numbers": {                                                         only with "ready", as all that follows
//!     "areaM2", "usableM2", "modules", "kwp", "kwhYear", "kwhP90", "kwhP10", "loadKwh",
//!     "selfConsumption", "selfSufficiency": shares 0…1, "costEur", "premiumEur", "savingsEur", "saleEur": EUR,
//!     "paybackYears": number | null, "delayMonths": 1 | 2, "covisible": true | false | null, "dated": bool   some fact is past its validity },
//!   "figures": [ { "key": "production", "name": "Production", "value": "8 123 kWh/an (7 204 – 9 042)", "origin": "simulé : …" }, … ],
//!   "months": [12 × kWh], "monthNames": [12 × "janv."],
//!   "days": [12 × { "production": [24 × kW], "load": [24 × kW] }],       the mean day of each month, hours of the territory's clock
//!   "planes": [ { "plane": 0, "name": "Pan 1 · sud-ouest · 32°", "areaM2", "usableM2", "tilt", "azimuth", "modules", "places", "kwp", "kwhYear",
//!                 "kwhM2": light on the plane, kWh/m² a year, "shadingLoss": 0…1, "skyView": 0…1, "covered": bool, "colour": "#rrggbb",
//!                 "outline": [ [[x, y], …], … ]       rings seen from above, metres east and north of the roof's middle,
//!                 "modulesAt": [ { "place": 0, "on": bool, "corners": [[x, y] × 4] }, … ] }, … ],
//!   "legend": { "low": kWh/m², "high": kWh/m², "colours": ["#rrggbb", …], "unit": "kWh/m²/an" },
//!   "facts": [ { "id", "text", "value": number | null, "unit", "from": "2025-10-01", "to": "2026-03-31" | null, "state": "valid" | "past" | "not-yet",
//!                "confidence": "low" | "medium" | "high", "source" }, … ],
//!   "missing": ["id of a fact that nobody has", …],
//!   "steps": [ { "id", "state": "needed" | "known" | "to-verify", "text", "do": "what to do" | "", "article", "source", "from", "past": bool, "why" }, … ],
//!   "monuments": [ { "name", "distanceM", "covisible": true | false | null, "viewpoints": number,
//!                    "direct": LINE | null, "fromStreet": [LINE, LINE] | null }, … ],      LINE = { "from": [lon, lat, h], "to": […], "free": bool, "hiddenAt": […] | null }
//!   "co2": [ { "key": "against-mean" | "life-cycle" | "marginal", "name", "kgYear": number | null, "origin" } × 3 ],
//!   "sources": ["attribution", …], "nature": "simulated", "shading": "book", "ms": milliseconds that the answer took }
//! ```
//!
//! # The commands
//!
//! ```text
//! { "do": "set-roof-load", "load": "household" | "farm" | "school" | "meter", "kwh": number | null }
//! { "do": "set-roof-battery", "kwh": 0…10 }                             rounded to tenths
//! { "do": "set-roof-sale", "all": bool }
//! { "do": "cover-roof-plane", "plane": 0, "covered": bool }
//! { "do": "set-roof-module", "plane": 0, "place": 3, "on": bool }
//! { "do": "reset-roof" }                                                planes and modules as they are proposed
//! { "do": "roof-meter", "name": "file's name", "csv": "text" | null }   a meter's file; kept on this device, in no link; null forgets it
//! ```
