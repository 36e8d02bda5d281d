//! Fictional stations where vehicles charge, as the table that those who run real ones publish (schema IRVE 2): a row for each point.

use super::commune::{Commune, distance};
use super::files::Text;
use super::land::Land;
use crate::pipeline::ImportFault;
use std::path::Path;

pub const FILE: &str = "bornes-de-recharge-fictives.csv";
const COLUMNS: &str = "nom_amenageur,siren_amenageur,contact_amenageur,nom_operateur,contact_operateur,telephone_operateur,nom_enseigne,id_station_itinerance,id_station_local,nom_station,implantation_station,adresse_station,code_insee_commune,coordonneesXY,nbre_pdc,id_pdc_itinerance,id_pdc_local,puissance_nominale,prise_type_ef,prise_type_2,prise_type_combo_ccs,prise_type_chademo,prise_type_autre,gratuit,paiement_acte,paiement_cb,paiement_autre,tarification,condition_acces,reservation,horaires,accessibilite_pmr,restriction_gabarit,station_deux_roues,raccordement,num_pdl,date_mise_en_service,observations,date_maj,cable_t2_attache";
/// A square, a car park and a fast station by the road; other communes have the first.
const KINDS: [(&str, &str, usize, f64); 3] = [
    ("Place du bourg", "Voirie", 2, 22.0),
    ("Parking du bourg", "Parking public", 6, 22.0),
    ("Route départementale", "Station dédiée à la recharge rapide", 4, 150.0),
];
/// Communes of fewer houses have none.
const FEWEST_HOUSES: usize = 60;
/// Steps along a street at which a place is looked for, and what it needs around it, metres.
const STEP_M: f64 = 6.0;
const FROM_KERB_M: f64 = 1.5;
const BAY_M: f64 = 5.6;
const FROM_HOUSE_M: f64 = 15.0;
const FROM_WATER_M: f64 = 80.0;
const STEEPEST_M: f64 = 0.45;
/// From one station to the next.
const APART_M: f64 = 110.0;

/// The file, commune by commune.
pub struct Stations(Text);

impl Stations {
    /// # Errors
    /// `write-failed`.
    pub fn create(out: &Path) -> Result<Self, ImportFault> {
        let mut text = Text::create(&out.join(FILE))?;
        text.add(COLUMNS)?;
        text.add("\n")?;
        Ok(Self(text))
    }

    /// The stations of a commune; `lon_lat` is where a point of the plane lies.
    ///
    /// # Errors
    /// `write-failed`, and those of `lon_lat`.
    pub fn commune(&mut self, land: &Land, commune: &Commune, is_first: bool, lon_lat: &dyn Fn([f64; 2]) -> Result<[f64; 2], ImportFault>) -> Result<(), ImportFault> {
        let wanted = if is_first { KINDS.len() } else { usize::from(commune.houses.len() >= FEWEST_HOUSES) };
        for (number, (at, (place, kind, points, kw))) in spots(land, commune, wanted).into_iter().zip(KINDS).enumerate() {
            let [lon, lat] = lon_lat(at)?;
            let station = format!("FICTIFP{}{}", commune.code, number + 1);
            for point in 1..=points {
                let fast = kw > 50.0;
                self.0.add(&format!(
                    "Commune de {name},000000000,fictif@exemple.invalid,Recharge fictive,fictif@exemple.invalid,,Recharge fictive,{station},{station},{place} de {name},{kind},\"{place}, {name}\",{code},\"[{lon:.6}, {lat:.6}]\",{points},FICTIFE{code}{station_number}{point},,{kw},false,{slow},{fast},false,false,false,true,true,false,,Accès libre,false,24/7,Accessibilité inconnue,inconnu,false,Direct,,2025-03-01,point inventé,2026-01-01,false\n",
                    name = commune.name, code = commune.code, station_number = number + 1, slow = !fast,
                ))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// `write-failed`.
    pub fn finish(self) -> Result<(), ImportFault> {
        self.0.finish()
    }
}

/// Places beside the streets with room for a row of bays, the nearest to the middle of the village first.
pub fn spots(land: &Land, commune: &Commune, wanted: usize) -> Vec<[f64; 2]> {
    let centre = commune.village.centre;
    let mut found: Vec<(f64, [[f64; 2]; 3], usize)> = Vec::new();
    for (number, road) in commune.roads.iter().enumerate().filter(|(_, road)| road.width_m >= 4.5) {
        for [a, b] in road.points.array_windows::<2>() {
            let length = distance(*a, *b);
            if length < 2.0 * STEP_M {
                continue;
            }
            let along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
            for step in 1..(length / STEP_M) as usize {
                for side in [-1.0, 1.0] {
                    let away = [-side * along[1], side * along[0]];
                    let from_axis = 0.5 * road.width_m + FROM_KERB_M;
                    let place = |out: f64| [0, 1].map(|k: usize| a[k] + step as f64 * STEP_M * along[k] + (from_axis + out) * away[k]);
                    let places = [0.0, 0.5 * BAY_M, BAY_M].map(place);
                    found.push((distance(places[0], centre), places, number));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chosen: Vec<[f64; 2]> = Vec::new();
    for (_, [post, bay, end], road) in found {
        if chosen.len() >= wanted {
            break;
        }
        let is_apart = chosen.iter().all(|known| distance(*known, post) >= APART_M);
        if is_apart && (land.ground(post) - land.ground(end)).abs() < STEEPEST_M && has_room(land, commune, road, bay) {
            chosen.push(post);
        }
    }
    chosen
}

/// Whether a bay stands free of houses, other streets and water.
fn has_room(land: &Land, commune: &Commune, own: usize, at: [f64; 2]) -> bool {
    let to_segment = |a: [f64; 2], b: [f64; 2]| {
        let d = [b[0] - a[0], b[1] - a[1]];
        let square = (d[0] * d[0] + d[1] * d[1]).max(1e-9);
        let t = (((at[0] - a[0]) * d[0] + (at[1] - a[1]) * d[1]) / square).clamp(0.0, 1.0);
        distance(at, [a[0] + t * d[0], a[1] + t * d[1]])
    };
    commune.bounds.grown(-20.0).contains(at)
        && land.river_near(at).distance_m >= FROM_WATER_M
        && commune.houses.iter().all(|house| distance(house.centre, at) >= FROM_HOUSE_M)
        && commune.roads.iter().enumerate().filter(|(number, _)| *number != own).all(|(_, road)| road.points.array_windows::<2>().all(|[a, b]| to_segment(*a, *b) >= 0.5 * road.width_m + BAY_M + 6.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_stand_beside_streets_and_in_no_house() {
        for seed in [0, 3, 44, 2026] {
            let land = Land::for_buildings(seed, 300);
            let commune = super::super::commune::commune(&land, 0, 0, &|_, _| 300, 300);
            let spots = spots(&land, &commune, KINDS.len());
            assert_eq!(spots.len(), KINDS.len(), "seed {seed}");
            for (number, at) in spots.iter().enumerate() {
                assert!(commune.houses.iter().all(|house| distance(house.centre, *at) > 10.0));
                assert!(spots[..number].iter().all(|other| distance(*other, *at) >= APART_M));
            }
        }
    }
}
