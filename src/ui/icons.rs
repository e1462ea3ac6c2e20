//! The page's few drawings, as nodes: a policy that forbids inline styles and data addresses has nothing to forbid.

use leptos::{
    prelude::*,
    svg::{circle, path, svg},
};

/// A drawing of one line on a field of 16.
fn line(d: &'static str) -> impl IntoView {
    svg()
        .attr("class", "icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .child(path().attr("d", d))
}

/// The mark: the profile of a trench, and the deepest point in it.
pub(super) fn mark() -> impl IntoView {
    svg().attr("class", "mark").attr("viewBox", "0 0 32 32").attr("aria-hidden", "true").child((
        path().attr("class", "shore").attr("d", "M1.5 8H6c5 0 3.5 17 10 17S21 8 26 8h4.5"),
        circle().attr("class", "deep").attr("cx", "16").attr("cy", "18").attr("r", "2.6"),
    ))
}

pub(super) fn send() -> impl IntoView {
    line("M8 13V3.4M3.8 7.6 8 3.4l4.2 4.2")
}

pub(super) fn stop() -> impl IntoView {
    line("M4.4 4.4h7.2v7.2H4.4z")
}

pub(super) fn close() -> impl IntoView {
    line("M4.4 4.4l7.2 7.2M11.6 4.4l-7.2 7.2")
}

pub(super) fn fresh() -> impl IntoView {
    line("M8 3.2v9.6M3.2 8h9.6")
}

pub(super) fn chevron() -> impl IntoView {
    line("m6 3.8 4.2 4.2L6 12.2")
}

pub(super) fn back() -> impl IntoView {
    line("M10 3.8 5.8 8l4.2 4.2")
}

pub(super) fn down() -> impl IntoView {
    line("M8 3v9.6M3.8 8.4 8 12.6l4.2-4.2")
}

pub(super) fn copy() -> impl IntoView {
    line(
        "M5.6 5.6V4.2a1.4 1.4 0 0 1 1.4-1.4h4.8a1.4 1.4 0 0 1 1.4 1.4V9a1.4 1.4 0 0 1-1.4 1.4h-1.4M4.2 5.6H9A1.4 1.4 0 0 1 10.4 7v4.8A1.4 1.4 0 0 1 9 13.2H4.2a1.4 1.4 0 0 1-1.4-1.4V7a1.4 1.4 0 0 1 1.4-1.4z",
    )
}

pub(super) fn done() -> impl IntoView {
    line("m3.4 8.6 3 3 6.2-6.8")
}

pub(super) fn again() -> impl IntoView {
    line("M13 8a5 5 0 1 1-1.6-3.7M13 2.6v2.6h-2.6")
}

pub(super) fn edit() -> impl IntoView {
    line("M3 13l.7-2.9 7-7a1.3 1.3 0 0 1 1.9 0l.3.3a1.3 1.3 0 0 1 0 1.9l-7 7zM9.4 4.4l2.2 2.2")
}

pub(super) fn thought() -> impl IntoView {
    line("M8 2.6c.6 3.2 2.2 4.8 5.4 5.4-3.2.6-4.8 2.2-5.4 5.4-.6-3.2-2.2-4.8-5.4-5.4 3.2-.6 4.8-2.2 5.4-5.4z")
}
