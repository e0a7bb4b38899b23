//! Packs the typefaces of the window, which are a large part of the program and needed in the window alone.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../assets/fonts");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    for name in ["Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf"] {
        let file = folder.join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let packed = miniz_oxide::deflate::compress_to_vec(&bytes, 10);
        fs::write(Path::new(&out).join(name), packed).expect("cargo's own folder can be written");
    }
}
