//! This machine. The only file that touches the checked system.
