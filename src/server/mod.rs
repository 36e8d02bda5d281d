//! The server with the browser application.
