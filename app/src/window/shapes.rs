//! What is drawn without letters: a shape of its own for each state, and the signs on buttons.
//!
//! Every shape is given in a square from 0 to 1 and drawn as vectors, so that it is sharp at any
//! size. Shapes differ in outline, not only in colour.

use std::f32::consts::{PI, TAU};

use eframe::egui::epaint::{PathShape, PathStroke};
use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use super::theme::Palette;
use crate::verdict::VerdictState;

/// The colour of a state, and the ground it may stand on.
pub(super) fn state_colours(state: VerdictState, p: &Palette) -> (Color32, Color32) {
    let (colour, ground) = match state {
        VerdictState::Pass => (p.pass, p.pass_ground),
        VerdictState::Unknown => (p.unknown, p.unknown_ground),
        VerdictState::Nudge => (p.nudge, p.nudge_ground),
        VerdictState::Fail => (p.fail, p.fail_ground),
    };
    (colour.into(), ground.into())
}

/// Draws the shape of a state, the same that the tray icon wears: a round tick, a square with a
/// question mark, a triangle with an exclamation mark, an octagon with a cross.
pub(super) fn paint_state(painter: &Painter, rect: Rect, state: VerdictState, p: &Palette) {
    let (colour, _) = state_colours(state, p);
    let sign: Color32 = p.on_state.into();
    let pen = Pen { painter, rect };
    match state {
        VerdictState::Pass => {
            painter.circle_filled(rect.center(), rect.width() / 2.0, colour);
            pen.line(&[(0.28, 0.52), (0.44, 0.67), (0.73, 0.36)], 0.1, sign);
        }
        VerdictState::Unknown => {
            pen.fill(&[(0.03, 0.03), (0.97, 0.03), (0.97, 0.97), (0.03, 0.97)], 0.26, colour);
            let mut hook = round((0.5, 0.385), 0.16, -PI, PI * 0.26);
            hook.extend([(0.535, 0.545), (0.505, 0.585), (0.5, 0.63)]);
            pen.line(&hook, 0.1, sign);
            pen.dot((0.5, 0.785), 0.062, sign);
        }
        VerdictState::Nudge => {
            pen.fill(&[(0.5, -0.02), (1.06, 0.95), (-0.06, 0.95)], 0.14, colour);
            pen.line(&[(0.5, 0.36), (0.5, 0.6)], 0.1, sign);
            pen.dot((0.5, 0.765), 0.062, sign);
        }
        VerdictState::Fail => {
            let corners =
                [(0.3, 0.0), (0.7, 0.0), (1.0, 0.3), (1.0, 0.7), (0.7, 1.0), (0.3, 1.0), (0.0, 0.7), (0.0, 0.3)];
            pen.fill(&corners, 0.06, colour);
            pen.line(&[(0.34, 0.34), (0.66, 0.66)], 0.1, sign);
            pen.line(&[(0.66, 0.34), (0.34, 0.66)], 0.1, sign);
        }
    }
}

/// The sign of something that can be pressed or is told aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Back,
    Copy,
    Done,
    Settings,
    Again,
    Down,
    Right,
    Close,
    Open,
    Quiet,
    Info,
    /// The web.
    Globe,
}

/// Draws a sign with lines as wide as those of the text beside it.
pub(super) fn paint_icon(painter: &Painter, rect: Rect, icon: Icon, colour: Color32) {
    let pen = Pen { painter, rect };
    let w = 0.095;
    match icon {
        Icon::Back => {
            pen.line(&[(0.5, 0.2), (0.2, 0.5), (0.5, 0.8)], w, colour);
            pen.line(&[(0.22, 0.5), (0.84, 0.5)], w, colour);
        }
        Icon::Copy => {
            pen.frame((0.34, 0.34), (0.88, 0.88), 0.12, w, colour);
            pen.line(
                &[
                    (0.2, 0.66),
                    (0.14, 0.66),
                    (0.12, 0.64),
                    (0.12, 0.14),
                    (0.14, 0.12),
                    (0.64, 0.12),
                    (0.66, 0.14),
                    (0.66, 0.2),
                ],
                w,
                colour,
            );
        }
        Icon::Done => pen.line(&[(0.16, 0.54), (0.4, 0.76), (0.84, 0.28)], w, colour),
        Icon::Settings => {
            for (y, x) in [(0.24, 0.66), (0.5, 0.34), (0.76, 0.58)] {
                pen.line(&[(0.1, y), (x - 0.11, y)], w, colour);
                pen.line(&[(x + 0.11, y), (0.9, y)], w, colour);
                pen.ring((x, y), 0.1, w, colour);
            }
        }
        Icon::Again => {
            pen.arc((0.5, 0.5), 0.36, 0.1, TAU - 0.588, w, colour);
            pen.line(&[(0.754, 0.044), (0.8, 0.3), (0.54, 0.3)], w, colour);
        }
        Icon::Down => pen.line(&[(0.22, 0.38), (0.5, 0.66), (0.78, 0.38)], w, colour),
        Icon::Right => pen.line(&[(0.38, 0.22), (0.66, 0.5), (0.38, 0.78)], w, colour),
        Icon::Close => {
            pen.line(&[(0.22, 0.22), (0.78, 0.78)], w, colour);
            pen.line(&[(0.78, 0.22), (0.22, 0.78)], w, colour);
        }
        Icon::Open => {
            pen.line(&[(0.46, 0.16), (0.16, 0.16), (0.16, 0.84), (0.84, 0.84), (0.84, 0.54)], w, colour);
            pen.line(&[(0.6, 0.14), (0.86, 0.14), (0.86, 0.4)], w, colour);
            pen.line(&[(0.84, 0.16), (0.46, 0.54)], w, colour);
        }
        Icon::Quiet => {
            pen.line(
                &[
                    (0.14, 0.7),
                    (0.24, 0.58),
                    (0.24, 0.4),
                    (0.34, 0.22),
                    (0.5, 0.16),
                    (0.66, 0.22),
                    (0.76, 0.4),
                    (0.76, 0.58),
                    (0.86, 0.7),
                    (0.14, 0.7),
                ],
                w,
                colour,
            );
            pen.line(&[(0.42, 0.86), (0.58, 0.86)], w, colour);
            pen.line(&[(0.1, 0.9), (0.9, 0.1)], w, colour);
        }
        Icon::Globe => {
            pen.ring((0.5, 0.5), 0.4, w, colour);
            pen.line(&[(0.1, 0.5), (0.9, 0.5)], w, colour);
            let side = |out: f32| -> Vec<(f32, f32)> {
                round((0.5, 0.5), 0.4, -PI / 2.0, PI / 2.0).iter().map(|(x, y)| (0.5 + (x - 0.5) * out, *y)).collect()
            };
            pen.line(&side(0.45), w, colour);
            pen.line(&side(-0.45), w, colour);
        }
        Icon::Info => {
            pen.ring((0.5, 0.5), 0.4, w, colour);
            pen.line(&[(0.5, 0.48), (0.5, 0.7)], w, colour);
            pen.dot((0.5, 0.31), 0.06, colour);
        }
    }
}

/// Draws in a square whose corners are (0, 0) and (1, 1). Widths are parts of its side.
struct Pen<'a> {
    painter: &'a Painter,
    rect: Rect,
}

impl Pen<'_> {
    fn at(&self, (x, y): (f32, f32)) -> Pos2 {
        self.rect.min + vec2(x, y) * self.rect.size()
    }

    fn stroke(&self, width: f32, colour: Color32) -> Stroke {
        Stroke::new((width * self.rect.width()).max(1.2), colour)
    }

    /// A line with round ends.
    fn line(&self, points: &[(f32, f32)], width: f32, colour: Color32) {
        let points: Vec<Pos2> = points.iter().map(|point| self.at(*point)).collect();
        let stroke = self.stroke(width, colour);
        for end in [points.first(), points.last()].into_iter().flatten() {
            self.painter.circle_filled(*end, stroke.width / 2.0, colour);
        }
        self.painter.line(points, stroke);
    }

    fn dot(&self, centre: (f32, f32), radius: f32, colour: Color32) {
        self.painter.circle_filled(self.at(centre), (radius * self.rect.width()).max(0.9), colour);
    }

    fn ring(&self, centre: (f32, f32), radius: f32, width: f32, colour: Color32) {
        self.painter.circle_stroke(self.at(centre), radius * self.rect.width(), self.stroke(width, colour));
    }

    /// Part of a circle, from one angle to another. 0 points right, a quarter turn points down.
    fn arc(&self, centre: (f32, f32), radius: f32, from: f32, to: f32, width: f32, colour: Color32) {
        self.line(&round(centre, radius, from, to), width, colour);
    }

    fn frame(&self, min: (f32, f32), max: (f32, f32), corner: f32, width: f32, colour: Color32) {
        let outline = [min, (max.0, min.1), max, (min.0, max.1)].map(|point| self.at(point));
        let points = rounded(&outline, corner * self.rect.width());
        self.painter.add(Shape::Path(PathShape::closed_line(points, PathStroke::from(self.stroke(width, colour)))));
    }

    /// A convex polygon with round corners.
    fn fill(&self, corners: &[(f32, f32)], corner: f32, colour: Color32) {
        let corners: Vec<Pos2> = corners.iter().map(|point| self.at(*point)).collect();
        let points = rounded(&corners, corner * self.rect.width());
        self.painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    }
}

/// Points on part of a circle.
fn round(centre: (f32, f32), radius: f32, from: f32, to: f32) -> Vec<(f32, f32)> {
    (0..=24)
        .map(|step| from + (to - from) * step as f32 / 24.0)
        .map(|angle| (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin()))
        .collect()
}

/// The outline of a polygon with each corner cut at `reach` and bent through the cut.
fn rounded(corners: &[Pos2], reach: f32) -> Vec<Pos2> {
    let count = corners.len();
    let mut points = Vec::with_capacity(count * 9);
    for (index, corner) in corners.iter().enumerate() {
        let before = corners[(index + count - 1) % count];
        let after = corners[(index + 1) % count];
        let towards = |other: Pos2| -> Vec2 { (other - *corner).normalized() * reach };
        let (start, end) = (*corner + towards(before), *corner + towards(after));
        for step in 0..=8 {
            let t = step as f32 / 8.0;
            let (one, two) = (start + (*corner - start) * t, *corner + (end - *corner) * t);
            points.push(pos2(one.x + (two.x - one.x) * t, one.y + (two.y - one.y) * t));
        }
    }
    points
}
