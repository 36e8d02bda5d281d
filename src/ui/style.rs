//! Fonts, spaces and colours of the panels, light and dark.

use bevy_egui::egui::{
    self, Color32, Context, CornerRadius, FontDefinitions, FontFamily, FontId, Frame, Margin,
    Shadow, Stroke, TextStyle, Theme,
};

/// The accent: a deep blue that reads on light and, lightened, on dark; no colour of a data scale.
const ACCENT_ON_LIGHT: Color32 = Color32::from_rgb(0x1f, 0x4e, 0x79);
const ACCENT_ON_DARK: Color32 = Color32::from_rgb(0x9c, 0xc4, 0xe8);

/// Fonts and both styles, once for a context.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    egui_phosphor::add_to_fonts(&mut fonts, egui_phosphor::Variant::Regular);
    ctx.set_fonts(fonts);
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
    ctx.set_theme(Theme::Light);
}

/// Everything on a grid of 4 points.
pub fn style(theme: Theme) -> egui::Style {
    let mut style = theme.default_style();
    style.text_styles = [
        (
            TextStyle::Small,
            FontId::new(12.0, FontFamily::Proportional),
        ),
        (TextStyle::Body, FontId::new(14.0, FontFamily::Proportional)),
        (
            TextStyle::Button,
            FontId::new(14.0, FontFamily::Proportional),
        ),
        (
            TextStyle::Heading,
            FontId::new(18.0, FontFamily::Proportional),
        ),
        (
            TextStyle::Monospace,
            FontId::new(13.0, FontFamily::Monospace),
        ),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = egui::vec2(8.0, 8.0);
    spacing.button_padding = egui::vec2(8.0, 4.0);
    spacing.interact_size = egui::vec2(40.0, 28.0);
    spacing.icon_width = 16.0;
    spacing.menu_margin = Margin::same(8);
    spacing.window_margin = Margin::same(16);
    let visuals = &mut style.visuals;
    let (accent, panel, text, weak, line) = match theme {
        Theme::Light => (
            ACCENT_ON_LIGHT,
            Color32::from_rgb(0xfb, 0xfa, 0xf7),
            Color32::from_rgb(0x22, 0x28, 0x2e),
            Color32::from_rgb(0x55, 0x5e, 0x66),
            Color32::from_rgb(0xd9, 0xd6, 0xcf),
        ),
        Theme::Dark => (
            ACCENT_ON_DARK,
            Color32::from_rgb(0x1e, 0x23, 0x28),
            Color32::from_rgb(0xec, 0xea, 0xe4),
            Color32::from_rgb(0xa9, 0xb0, 0xb6),
            Color32::from_rgb(0x3a, 0x41, 0x48),
        ),
    };
    visuals.panel_fill = panel;
    visuals.window_fill = panel;
    visuals.override_text_color = Some(text);
    visuals.weak_text_color = Some(weak);
    visuals.hyperlink_color = accent;
    visuals.selection.bg_fill = accent.gamma_multiply(0.25);
    visuals.selection.stroke = Stroke::new(1.0, accent);
    visuals.window_stroke = Stroke::new(1.0, line);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.slider_trailing_fill = true;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, line);
    for widget in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(4);
        widget.expansion = 0.0;
    }
    widgets.hovered.bg_stroke = Stroke::new(1.0, accent);
    widgets.active.bg_stroke = Stroke::new(2.0, accent);
    style
}

/// Bars at the top and bottom.
pub(super) fn bar(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .inner_margin(Margin::symmetric(12, 8))
}

pub(super) fn side(ui: &egui::Ui) -> Frame {
    Frame::new()
        .fill(ui.visuals().panel_fill)
        .inner_margin(Margin::same(12))
}

/// What lies on the picture itself.
pub(super) fn card(ui: &egui::Ui) -> Frame {
    side(ui).corner_radius(8.0).shadow(ui.visuals().popup_shadow)
}

/// A banner that wants to be read: dark on amber, in both themes.
pub(super) fn warning(ui: &egui::Ui) -> (Frame, Color32) {
    let (fill, text) = if ui.visuals().dark_mode {
        (
            Color32::from_rgb(0x4d, 0x38, 0x0b),
            Color32::from_rgb(0xff, 0xec, 0xc2),
        )
    } else {
        (
            Color32::from_rgb(0xff, 0xef, 0xc9),
            Color32::from_rgb(0x4a, 0x33, 0x00),
        )
    };
    (
        Frame::new()
            .fill(fill)
            .inner_margin(Margin::symmetric(12, 8)),
        text,
    )
}
