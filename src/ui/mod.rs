//! The desktop's panels: state in, commands out.
