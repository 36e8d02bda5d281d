//! The streaming engine: scripted behaviours (`tests/data/stream/*.txt`), laws on random trees, implicit tiling.

#[path = "stream/about.rs"]
mod about;
#[path = "stream/cloud.rs"]
mod cloud;
#[path = "stream/hostile.rs"]
mod hostile;
#[path = "stream/implicit.rs"]
mod implicit;
#[path = "stream/laws.rs"]
mod laws;
#[path = "stream/outcomes.rs"]
mod outcomes;
#[path = "stream/peer.rs"]
mod peer;
#[path = "stream/pyramid/mod.rs"]
mod pyramid;
#[path = "stream/script.rs"]
mod script;
#[path = "stream/told.rs"]
mod told;
#[path = "stream/volume.rs"]
mod volume;
#[path = "stream/world.rs"]
mod world;

/// Each file is one behaviour; its name says which. `UPDATE_EXPECT=1` writes what the engine did, for a person to judge.
macro_rules! behaviours {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                script::check(concat!(stringify!($name), ".txt"));
            }
        )*

        #[test]
        fn every_script_is_run() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stream");
            let listed = [$(concat!(stringify!($name), ".txt")),*];
            for entry in std::fs::read_dir(folder).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(!name.ends_with(".txt") || listed.contains(&name.as_str()), "{name} is not listed");
            }
        }
    };
}

behaviours! {
    zooming_in_kicks_children_until_all_are_there
    zooming_out_keeps_detail_until_the_ancestor_is_there
    turning_the_head_shows_the_parent_not_a_hole
    a_broken_child_leaves_its_parent_standing
    a_passing_fault_is_tried_again_later_and_later
    nobody_waits_for_what_is_not_wanted_any_more
    memory_pressure_makes_the_picture_coarser_and_gives_way
    detail_is_added_to_an_additive_parent
    a_tileset_in_a_tileset_takes_its_place
    a_missing_root_is_reported
    a_replacement_fades_in_over_what_it_replaces
    a_missing_ancestor_goes_before_its_many_descendants
    an_empty_tile_waits_for_all_its_children
}
