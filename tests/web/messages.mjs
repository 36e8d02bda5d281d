// What the viewer says, for tests that speak in its place.

export const ANSWERS = {
  kind: "search", query: "12 rue des lilas", waiting: false, index: true, partial: false,
  hits: [
    { label: "12 rue des Lilas", detail: "29830 Plouguin", what: "address", remark: "none", go: { do: "go-to", at: [-1.55, 47.21, 60], span_m: 0, selection: { layer: "buildings", id: "B12" } } },
    { label: "Rue des Lilas", detail: "44300 Nantes", what: "street", remark: "number-unknown", go: { do: "go-to", at: [-1.53, 47.22, 60], span_m: 300, selection: null } },
  ],
};

export const ROOF = {
  kind: "roof", state: "ready", building: "B12", message: null, nature: "simulated", shading: "book", ms: 3,
  choice: { load: "household", loadKwh: null, batteryKwh: 0, sellAll: false, planes: null, without: [], lay: "best", marginM: null, tree: "none", bare: false }, meter: null,
  trees: [{ name: "Arbre 1 · 11 m de haut, à 9 m, sud", felled: false }, { name: "Arbre 2 · 8 m de haut, à 14 m, ouest", felled: false }], allTrees: true,
  tried: { felled: null, beforeKwh: null, afterKwh: null, bare: null },
  numbers: {
    areaM2: 96, usableM2: 52, modules: 18, kwp: 7.7, kwhYear: 8123, kwhP90: 7204, kwhP10: 9042, loadKwh: 4700, selfConsumption: 0.31, selfSufficiency: 0.54,
    costEur: 14200, premiumEur: 616, savingsEur: 640, saleEur: 224, paybackYears: 15, delayMonths: 2, covisible: null, dated: true,
  },
  figures: [{ key: "production", name: "Production", value: "8 123 kWh/an (7 204 – 9 042)", origin: "simulé : 8 760 heures, ombre du relief et des voisins" }],
  months: [310, 430, 690, 850, 960, 1010, 1020, 940, 760, 540, 350, 263],
  monthNames: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
  planes: [
    { plane: 0, name: "Pan 1 · sud · 32°", areaM2: 48, usableM2: 40, tilt: 32, azimuth: 180, modules: 14, places: 14, kwp: 6, kwhYear: 6600, kwhM2: 1420, shadingLoss: 0.02, skyView: 0.97, covered: true, colour: "#f2c14e", outline: [[[-6, -4], [6, -4], [6, 0], [-6, 0], [-6, -4]]],
      modulesAt: [{ place: 0, on: true, corners: [[-5, -3.5], [-4, -3.5], [-4, -2], [-5, -2]] }, { place: 1, on: false, corners: [[-3.9, -3.5], [-2.9, -3.5], [-2.9, -2], [-3.9, -2]] }] },
    { plane: 1, name: "Pan 2 · nord · 32°", areaM2: 48, usableM2: 12, tilt: 32, azimuth: 0, modules: 4, places: 4, kwp: 1.7, kwhYear: 1523, kwhM2: 890, shadingLoss: 0.04, skyView: 0.95, covered: true, colour: "#4d7ea8", outline: [], modulesAt: [] },
  ],
  legend: { low: 600, high: 1500, colours: ["#4d7ea8", "#f2c14e"], unit: "kWh/m²/an" },
  facts: [{ id: "price", text: "Prix de l'électricité", value: 0.194, unit: "€/kWh", from: "2025-08-01", to: "2026-01-31", state: "past", confidence: "high", grounds: "reported", source: "CRE (montant rapporté, à vérifier) ; lu le 2026-11-22", link: "https://www.cre.fr/" }],
  missing: [],
  steps: [
    { id: "declaration", state: "needed", text: "Déclaration préalable en mairie", do: "Remplir le formulaire 16702", origin: "Code de l'urbanisme, art. R.421-17", from: "2025-01-01", past: false, why: "" },
    { id: "zone", state: "to-verify", text: "Zone du PLU", do: "", origin: "", from: "", past: false, why: "aucun document dans ce territoire" },
  ],
  monuments: [{ name: "Église Saint-Pierre", distanceM: 300, covisible: true, viewpoints: 4, direct: null, fromStreet: null }],
  co2: [
    { key: "against-mean", name: "Contre le mélange moyen", kgYear: 240, origin: "RTE 2024" },
    { key: "life-cycle", name: "Cycle de vie déduit", kgYear: 35, origin: "ADEME" },
    { key: "marginal", name: "À la marge", kgYear: null, origin: "" },
  ],
  sources: ["IGN – BD TOPO®, édition 2025-06-15"],
};

export const PROPOSAL = {
  kind: "proposal", state: "ready", message: null, nature: "simulated", hasBook: true, dated: false, ms: 4,
  headline: [{ key: "avoided", name: "Écrêtement évité par la batterie", value: "12,3 MWh", origin: "simulé, pas à pas ; limite de raccordement 6,50 MW" }, { key: "self-sufficiency", name: "Autonomie", value: "31,0 % (+4,2 pt)", origin: "part de la consommation qui n’est pas soutirée" }],
  money: [{ key: "saved", name: "Achats évités", value: "12 345 €", origin: "0,2001 EUR/kWh" }],
  year: [{ key: "curtailed", name: "Écrêtement", values: ["0 kWh", "20,0 MWh", "7,7 MWh"] }], day: [{ key: "curtailed", name: "Écrêtement", values: ["0 kWh", "1,0 MWh", "0,4 MWh"] }], hour: [],
  moments: Array.from({ length: 24 }, (_, hour) => ({ at: `2026-06-21T${String(hour).padStart(2, "0")}:00:00Z`, drawnKw: [200, 200 - 20 * hour, 180 - 15 * hour], curtailedKw: 0, storedKwh: 10 * hour })),
  fits: [[{ key: "post", text: "Poste le plus proche : 312,4 m — P7 (classe A (40 cm)) ; capacité restante non connue" }, { key: "s3renr", text: "S3REnR : non connu, aucune source du territoire ne le donne" }]],
  notes: ["Soleil : climatologie statistique de France, sans ombres ; pertes 14 %."], geojson: { type: "FeatureCollection", features: [] },
};

export const PLAN = {
  kind: "plan", state: "ready", message: null, has: true, by: "energy", falling: true, only: [],
  count: 3, areaM2: 5300, kwp: 512, kwhYear: 560000, kwhP90: 497000, usefulKwh: 410000,
  sizes: [{ end: 50, count: 0 }, { end: 100, count: 1 }, { end: 250, count: 2 }, { end: 500, count: 0 }, { end: 1000, count: 0 }, { end: null, count: 0 }],
  coverage: { demandKwh: 2100000, covered: 0.195, used: 0.73, hours: 8760, hoursCovered: 610, mostSurplusKw: 210, day: Array.from({ length: 24 }, (_, hour) => [hour > 6 && hour < 19 ? 30 * (6 - Math.abs(12.5 - hour)) : 0, 200 + 40 * (hour > 17)]) },
  rows: [
    { id: "B12", layer: "buildings", kind: "roof", name: "Gymnase", usage: "sport", public: true, areaM2: 1800, kwp: 210, kwhYear: 231000, kwhP90: 205000, shadingLoss: 0.02, usefulShare: 0.7, protection: "none", perimeters: [], at: [-1.55, 47.21, 40] },
    { id: "P1", layer: "car-parks", kind: "car-park", name: "Parking de la gare", usage: "car-park", public: false, areaM2: 2000, kwp: 215, kwhYear: 229000, kwhP90: 203000, shadingLoss: 0.01, usefulShare: 0.74, protection: "surroundings", perimeters: ["AC1 Église"], at: [-1.551, 47.211, 40] },
    { id: "B13", layer: "buildings", kind: "roof", name: "B13", usage: "commercial", public: false, areaM2: 1500, kwp: 87, kwhYear: 100000, kwhP90: 89000, shadingLoss: 0.05, usefulShare: null, protection: "excluded", perimeters: ["AC4 Centre ancien"], at: [-1.552, 47.212, 40] },
  ],
  more: 0, known: { carParks: true, public: true, servitudes: false }, leastM2: 500, canopies: { usableShare: 0.5, tilt: 10, azimuth: 180 }, all: { buildings: 310, kwp: 3200, kwhYear: 3400000 },
  sources: ["IGN – BD TOPO®, édition 2025-06-15"], weather: "climatologie mensuelle intégrée", nature: "simulated",
};

export const SERIES = [
  { id: "courbes", title: "Courbes de charge", unit: "kW", nature: "measured", layer: "buildings", start: "2025-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z", step: 3600, gaps: [{ start: "2026-03-01T00:00:00Z", end: "2026-04-01T00:00:00Z" }] },
  { id: "eco2mix", title: "éCO2mix", unit: "MW", nature: "measured", layer: null, start: "2013-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z", step: 3600, gaps: [] },
];

export const CHART = {
  series: "eco2mix", title: { fr: "Production", en: "Production" }, unit: "MW", nature: "measured", source: "RTE, 2026", method: "",
  curves: ["solaire", "bois", ""].map((name, line) => ({
    name, points: Array.from({ length: 24 }, (_, hour) => [new Date(Date.UTC(2026, 5, 20, 22 + hour)).toISOString(), line === 0 && hour === 3 ? null : Math.abs(Math.sin(hour / 8)) * (line + 1) * 10]),
  })),
  end: "2026-06-21T22:00:00Z",
  duration: Array.from({ length: 50 }, (_, place) => 50 - place), known: 8700, absent: 60, peak: ["2026-01-12T18:00:00Z", 50], moreRows: 0, total: true,
  waiting: false, typical: false,
};

export const FLOWS = {
  kind: "flows", known: true, shown: true, equipped: 30,
  diagram: {
    of: "Territoire", frame: [296, 330], absent: ["Batterie"], waiting: false, canEquip: true, madeUp: true, over: "hour", known: 1, steps: 1, nature: "simulated", source: "Jumeau",
    nodes: [
      { name: "Parc éolien", kind: "wind", colour: "#56b4e9", column: 0, kw: 3000, at: [0, 10, 9, 180] }, { name: "Soutirage", kind: "network", colour: "#787c82", column: 0, kw: 500, at: [0, 205, 9, 30] },
      { name: "Territoire", kind: "area", colour: "#464a50", column: 1, kw: 3500, at: [143, 20, 9, 210] }, { name: "Logements", kind: "use", colour: "#0072b2", column: 2, kw: 3500, at: [287, 20, 9, 210] },
    ],
    flows: [{ from: 0, to: 2, kw: 3000 }, { from: 1, to: 2, kw: 500 }, { from: 2, to: 3, kw: 3500 }],
    bands: [{ flow: 0, from: [9, 10], to: [143, 20], thickness: 180 }, { flow: 1, from: [9, 205], to: [143, 200], thickness: 30 }, { flow: 2, from: [152, 20], to: [287, 20], thickness: 210 }],
  },
};
