//! The rules of thumb by which networks are laid, each with where it comes from.
//!
//! They are planning rules, good for a network of plausible size and shape; no line of it exists.
//! `docs/networks.md` repeats them for people, and the data set's title says "généré, non réel".

/// (what, rule, source), in French: what the page of the networks and the provenance say.
pub const ALL: &[(&str, &str, &str)] = &[
    ("Tracé", "le long des rues (plus courts chemins) ; un chemin compte 1,5 fois sa longueur, une coupure des données 3 fois", "choix du modèle"),
    ("Logement", "6 kVA, foisonnés de 1 (un logement) à 0,38 (50 et plus)", "palier le plus souscrit (CRE) ; NF C 14-100, tableau de simultanéité"),
    ("Autres usages", "énergie annuelle / 2 500 h, cos φ 0,97", "ordre de grandeur d’usage"),
    ("Raccordement", "basse tension jusqu’à 250 kVA, au-delà poste client en 20 kV", "arrêté du 9 juin 2020 ; Enedis, documentation technique de référence"),
    ("Postes HTA/BT", "50, 100, 160, 250, 400, 630 ou 1 000 kVA, chargés à 80 % au plus ; au barycentre de leurs charges ; districts de 400 m de profondeur au plus", "gamme NF C 52-112 ; règle d’usage"),
    ("Transformateurs", "pertes en charge et à vide du palier 2, ucc 4 % (6 % au-delà de 630 kVA)", "règlement (UE) 548/2014"),
    ("Basse tension", "aluminium 95, 150 ou 240 mm², 80 % de l’intensité admissible, chute de tension 5 % au plus", "sections NF C 33-210 ; caractéristiques du catalogue roseau-load-flow (BSD-3)"),
    ("Départs HTA", "20 kV, aluminium 150 ou 240 mm², 6 MVA au plus pour qu’un voisin les reprenne, secours ouverts entre départs", "coupure d’artère, principes de planification HTA d’Enedis"),
    ("Postes sources", "un pour 60 MVA, au barycentre des charges", "deux transformateurs de 36 MVA dont un en secours"),
    ("Profondeurs", "BT et éclairage 0,65 m, HTA 0,85 m", "NF C 11-201 (trottoir, chaussée)"),
    ("Éclairage", "un point tous les 28 m d’un côté, en quinconce des deux si la chaussée a 9 m ou plus, à moins de 60 m d’un bâtiment ; 7 m de haut et 60 W, sur un chemin 5 m et 30 W", "interdistance de 3,5 à 4 hauteurs (NF EN 13201, recommandations AFE) ; LED"),
    ("Eau potable", "148 l par habitant et par jour, pointe 1,5 (jour) × 2,5 (heure), 1 m/s au plus, 100 mm au moins ; poteau d’incendie tous les 200 m ; réservoir au point haut", "consommation SISPEA ; DN 100 pour 60 m³/h (référentiel national DECI)"),
    ("Assainissement", "gravitaire vers le point bas, pente 5 ‰ au moins, 200 mm au moins, regards à 80 m au plus, relevage au-delà de 5 m de profondeur", "fascicule 70 du CCTG ; Manning-Strickler, K = 90"),
    ("Chaleur", "desserte tant que chaque branche livre 1,5 MWh par mètre et par an, bâtiments de 50 MWh et plus, départ/retour 30 K, 1,5 m/s", "seuil du Fonds Chaleur de l’ADEME"),
    ("Chaleur des bâtiments", "110 kWh/m² habitable (logement), 100 (tertiaire), 60 (industrie), par an", "ordres de grandeur CEREN"),
    ("Années", "une ligne sert depuis le plus ancien des bâtiments qui y pendent (sans année connue : depuis la ligne qui l’alimente), au plus tôt depuis 1902 (eau, assainissement), 1906 (électricité, éclairage)", "lois du 15 février 1902 (santé publique) et du 15 juin 1906 (distributions d’énergie) ; le reste, choix du modèle"),
    ("Croissance du réseau de chaleur", "de la chaufferie vers l’extérieur, à un pas égal de 1985 à 2031 ; ce qui vient à partir de 2027 est prévu, un an de travaux", "choix du modèle"),
    ("Renouvellement de l’eau potable", "de 2028 à 2031, 0,67 % du linéaire par an, les plus anciennes conduites d’année connue d’abord, 50 ans au moins ; un an de travaux", "taux moyen de renouvellement, SISPEA (indicateur P107.2)"),
];

pub const HOME_KVA: f64 = 6.0;
pub const USE_H: f64 = 2_500.0;
pub const POWER_FACTOR: f64 = 0.97;
/// Reactive over active power at that factor.
pub const TAN_PHI: f64 = 0.25;
pub const LOW_VOLTAGE_KVA: f64 = 250.0;
/// Rated powers of posts, kVA, with load and no-load losses, W: tier 2 of regulation (EU) 548/2014.
pub const POSTS: [(f64, f64, f64); 7] = [
    (50.0, 750.0, 81.0),
    (100.0, 1_250.0, 130.0),
    (160.0, 1_750.0, 189.0),
    (250.0, 2_350.0, 270.0),
    (400.0, 3_250.0, 387.0),
    (630.0, 4_600.0, 540.0),
    (1_000.0, 7_600.0, 693.0),
];
pub const POST_FILLING: f64 = 0.8;
/// The largest of a district; a customer's own may have several of the largest of all.
pub const DISTRICT_KVA: f64 = 630.0;
pub const LOW_VOLTAGE_M: f64 = 400.0;
pub const FEEDER_KVA: f64 = 6_000.0;
/// Hours in which a feeder's peak would bring its year's energy.
pub const FEEDER_USE_H: f64 = 3_500.0;
pub const SOURCE_KVA: f64 = 60_000.0;
pub const MOST_DROP: f64 = 0.05;
pub const CABLE_FILLING: f64 = 0.8;
/// A back-feed is at most so long, metres; each feeder has at most so many.
pub const TIE_M: f64 = 1_500.0;
pub const TIES: usize = 2;

pub const LOW_VOLTAGE_DEPTH_M: f64 = 0.65;
pub const HIGH_VOLTAGE_DEPTH_M: f64 = 0.85;
pub const WATER_DEPTH_M: f64 = 1.0;
pub const HEAT_DEPTH_M: f64 = 0.8;

/// Simultaneity of homes on one line, after NF C 14-100.
pub fn coincidence(homes: f64) -> f64 {
    const STEPS: [(f64, f64); 9] =
        [(50.0, 0.38), (40.0, 0.41), (35.0, 0.42), (30.0, 0.44), (25.0, 0.46), (20.0, 0.49), (15.0, 0.53), (10.0, 0.63), (5.0, 0.78)];
    STEPS.iter().find(|(from, _)| homes >= *from).map_or(1.0, |(_, factor)| *factor)
}

/// An aluminium cable with three cores, by section: Ω/km, Ω/km, S/km, A (roseau-load-flow's catalogue of lines, BSD-3-Clause).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cable {
    pub mm2: u32,
    pub r_ohm_km: f64,
    pub x_ohm_km: f64,
    pub b_s_km: f64,
    pub ampere: f64,
}

pub const CABLES: [Cable; 3] = [
    Cable { mm2: 95, r_ohm_km: 0.32, x_ohm_km: 0.1028, b_s_km: 3.147e-5, ampere: 252.0 },
    Cable { mm2: 150, r_ohm_km: 0.206, x_ohm_km: 0.0961, b_s_km: 3.412e-5, ampere: 325.0 },
    Cable { mm2: 240, r_ohm_km: 0.125, x_ohm_km: 0.0899, b_s_km: 3.694e-5, ampere: 428.0 },
];

pub const LAMP_EVERY_M: f64 = 28.0;
pub const LAMP_BOTH_SIDES_M: f64 = 9.0;
pub const LAMP_NEAR_M: f64 = 60.0;
pub const LAMP_KW: f64 = 0.060;
pub const PATH_LAMP_KW: f64 = 0.030;
pub const LAMP_HEIGHT_M: f64 = 7.0;
pub const PATH_LAMP_HEIGHT_M: f64 = 5.0;
/// From the edge of the carriageway.
pub const LAMP_BESIDE_M: f64 = 0.7;

pub const WATER_SINCE: i16 = 1902;
pub const ELECTRICITY_SINCE: i16 = 1906;
pub const HEAT_SINCE: i16 = 1985;
/// What comes later is planned.
pub const TODAY: i16 = crate::rooftop::YEAR;
/// In these years mains are laid anew; with the last of them all is there.
pub const PLANNED: [i16; 4] = [2028, 2029, 2030, 2031];
/// Works last so many years.
pub const WORKS: i16 = 1;
/// Share of the length of all mains that is laid anew in a year.
pub const RENEWED_A_YEAR: f64 = 0.0067;
/// No main is renewed before, years.
pub const RENEWED_AFTER: i16 = 50;

pub const PEOPLE_PER_HOME: f64 = 2.2;
/// A workplace takes so much floor, and its people a part of the water they use at home.
pub const M2_PER_WORKER: f64 = 25.0;
pub const WORKER_WATER_SHARE: f64 = 0.3;
pub const WATER_L_DAY: f64 = 148.0;
/// Of the day, of the hour.
pub const WATER_PEAK: f64 = 1.5 * 2.5;
pub const WATER_M_S: f64 = 1.0;
/// Nominal diameters of pipes, millimetres.
pub const WATER_DN: [f64; 8] = [100.0, 125.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0];
pub const HYDRANT_EVERY_M: f64 = 200.0;

pub const SEWER_DN: [f64; 8] = [200.0, 250.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1_000.0];
pub const SEWER_SLOPE: f64 = 0.005;
pub const STRICKLER: f64 = 90.0;
pub const SEWER_DEPTH_M: f64 = 1.5;
pub const SEWER_DEEPEST_M: f64 = 5.0;
pub const MANHOLE_EVERY_M: f64 = 80.0;

/// MWh that a metre of trench must deliver in a year.
pub const HEAT_MWH_M: f64 = 1.5;
pub const HEAT_CUSTOMER_KWH: f64 = 50_000.0;
pub const HEAT_KELVIN: f64 = 30.0;
pub const HEAT_M_S: f64 = 1.5;
/// Hours in which the peak of heat would bring its year's energy.
pub const HEAT_USE_H: f64 = 2_000.0;
pub const HEAT_DN: [f64; 10] = [40.0, 50.0, 65.0, 80.0, 100.0, 125.0, 150.0, 200.0, 250.0, 300.0];

/// Litres a second at the peak of so many people.
pub fn water_l_s(people: f64) -> f64 {
    people * WATER_L_DAY / 86_400.0 * WATER_PEAK
}

/// The smallest pipe of a range that carries a flow at a speed, millimetres.
pub fn pipe_mm(range: &[f64], l_s: f64, m_s: f64) -> f64 {
    let carries = |dn: f64| std::f64::consts::PI / 4.0 * (dn / 1000.0).powi(2) * m_s * 1000.0;
    smallest(range, |dn| carries(dn) >= l_s)
}

/// The smallest round pipe that carries a flow when full, after Manning and Strickler, millimetres.
pub fn gravity_mm(range: &[f64], l_s: f64, slope: f64) -> f64 {
    let carries = |dn: f64| {
        let d = dn / 1000.0;
        std::f64::consts::PI / 4.0 * d * d * STRICKLER * (d / 4.0).powf(2.0 / 3.0) * slope.sqrt() * 1000.0
    };
    smallest(range, |dn| carries(dn) >= l_s)
}

fn smallest(range: &[f64], fits: impl Fn(f64) -> bool) -> f64 {
    let last = range.last().copied().unwrap_or(0.0);
    range.iter().copied().find(|dn| fits(*dn)).unwrap_or(last)
}

/// Rating, units and losses of a post for so many kVA.
pub fn post_for(kva: f64, largest_kva: f64) -> (f64, u32, f64, f64) {
    let needed = kva / POST_FILLING;
    let fits = POSTS.iter().find(|(rated, ..)| *rated >= needed && *rated <= largest_kva);
    let largest = POSTS.iter().rev().find(|(rated, ..)| *rated <= largest_kva).copied().unwrap_or((630.0, 4_600.0, 540.0));
    let (rated, load_w, idle_w) = fits.copied().unwrap_or(largest);
    (rated, (needed / rated).ceil().max(1.0) as u32, load_w, idle_w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sewer_of_200_mm_at_five_per_mille_carries_some_27_litres() {
        // π/4 · 0.04 · 90 · 0.05^(2/3) · √0.005 by hand: 27.1 l/s.
        assert_eq!(gravity_mm(&SEWER_DN, 27.0, 0.005), 200.0);
        assert_eq!(gravity_mm(&SEWER_DN, 27.3, 0.005), 250.0);
    }

    #[test]
    fn posts_are_chosen_with_their_reserve() {
        assert_eq!(post_for(40.0, 630.0).0, 50.0);
        assert_eq!(post_for(41.0, 630.0).0, 100.0);
        assert_eq!(post_for(504.0, 630.0), (630.0, 1, 4_600.0, 540.0));
        assert_eq!(post_for(2_400.0, 1_000.0), (1_000.0, 3, 7_600.0, 693.0));
    }

    #[test]
    fn more_homes_ask_for_less_each_and_never_less_together() {
        let mut before = 0.0;
        for homes in [1.0, 4.0, 9.0, 14.0, 24.0, 60.0, 600.0] {
            let whole = homes * coincidence(homes);
            assert!(whole >= before, "{homes}");
            before = whole;
        }
    }
}
