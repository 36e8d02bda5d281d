#[cfg(feature = "pipeline")]
mod import_nantes;
mod roof;
mod shared_data;
