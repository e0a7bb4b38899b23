//! The pictures of the icon, and how they are read.

use std::io::Cursor;

use super::TrayError;
use crate::tray::Icon;

/// The sides that panels draw icons with, in pixels. Each has a drawing of its own on the grid of
/// its pixels: what a panel scales is soft.
const SIDES: [u32; 5] = [16, 22, 24, 32, 48];

macro_rules! files {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../../assets/icons/tray/png/", $name, "-16.png")).as_slice(),
            include_bytes!(concat!("../../../../assets/icons/tray/png/", $name, "-22.png")).as_slice(),
            include_bytes!(concat!("../../../../assets/icons/tray/png/", $name, "-24.png")).as_slice(),
            include_bytes!(concat!("../../../../assets/icons/tray/png/", $name, "-32.png")).as_slice(),
            include_bytes!(concat!("../../../../assets/icons/tray/png/", $name, "-48.png")).as_slice(),
        ]
    };
}

/// A square picture.
#[derive(Debug)]
pub(super) struct Picture {
    /// In pixels.
    pub(super) side: u32,
    /// Four bytes a pixel: red, green, blue, alpha, not premultiplied.
    pub(super) rgba: Vec<u8>,
}

/// Every picture of the icon, the smallest first. They are small, but read only when a state asks
/// for them: most states are never seen.
pub(super) fn pictures(icon: Icon) -> Result<Vec<Picture>, TrayError> {
    let files: [&[u8]; SIDES.len()] = match icon {
        Icon::Pass => files!("pass"),
        Icon::Nudge => files!("nudge"),
        Icon::Fail => files!("fail"),
        Icon::Unknown => files!("unknown"),
        Icon::Scanning => files!("scanning"),
    };
    files.into_iter().map(read).collect()
}

fn read(png: &[u8]) -> Result<Picture, TrayError> {
    let broken = |error: png::DecodingError| TrayError::Picture(error.to_string());
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().map_err(broken)?;
    let mut rgba = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let frame = reader.next_frame(&mut rgba).map_err(broken)?;
    Ok(Picture { side: frame.width, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_in_the_program_can_be_drawn_at_its_size() {
        for icon in Icon::ALL {
            let pictures = pictures(icon).unwrap_or_else(|error| panic!("{icon:?}: {error}"));
            assert_eq!(pictures.iter().map(|picture| picture.side).collect::<Vec<_>>(), SIDES, "{icon:?}");
            for Picture { side, rgba } in pictures {
                assert_eq!(rgba.len(), (side * side * 4) as usize, "{icon:?} at {side}");
            }
        }
    }
}
