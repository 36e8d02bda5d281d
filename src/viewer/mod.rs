//! Bevy plugins that draw a territory.
