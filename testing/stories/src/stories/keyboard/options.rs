//! The options, and the first-run page with its question.

use anyhow::{Result, ensure};
use detour_core::settings::{Keeping, Settings};
use detour_core::tab::TabId;
use fantoccini::key::Key;

use super::hands::{enter, press, reach, space, write};
use super::signs::{is_marked, mark};
use crate::stories::shelf_pages::steps::{settings, settled};
use crate::stories::stage::{SIGN, Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard each box of the options is switched, and Enter takes nothing away", boxes),
        story!("By keyboard it is chosen in the options what is kept, and of which sites nothing is", keeping),
        story!(
            "By keyboard quiet hours are set, a pause begun and ended, and a site muted and not, in the options",
            quiet
        ),
        story!("By keyboard the room for copies is changed in the options", room),
        story!("By keyboard the options lead to the board, the copies and the first-run page", links),
        story!("By keyboard the first-run page's question is answered, and the options are opened", welcome),
    ]
}

/// A box's words, and what it changes.
type Switched = (&'static str, fn(&mut Settings) -> &mut bool);

async fn boxes(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open_page("options.html").await?;
    let mut expected = Settings::default();
    for (key, field) in BOXES {
        space(stage, page, &words(key, [])?).await?;
        let value = field(&mut expected);
        *value = !*value;
        settled(stage, &expected).await?;
    }
    mark(stage, page).await?;
    press(stage, page, &[&Key::Enter]).await?;
    press(stage, page, &[" "]).await?;
    let value = BOXES.last().map(|(_, field)| field(&mut expected));
    if let Some(value) = value {
        *value = !*value;
    }
    settled(stage, &expected).await?;
    ensure!(is_marked(stage, page).await?, "Enter on a box loaded the page anew");
    Ok(())
}

async fn keeping(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open_page("options.html").await?;
    choose(stage, page).await?;
    let chosen = Settings { keep: Keeping::Visited, ..Settings::default() };
    enter(stage, page, &words("never_title", [])?).await?;
    stage.says(page, &words("never_form", [])?).await?;
    reach(stage, page, &words("keep_never", [])?).await?;
    write(stage, page, "bank.example").await?;
    press(stage, page, &[&Key::Enter]).await?;
    write(stage, page, "clinic.example").await?;
    press(stage, page, &[&Key::Tab]).await?;
    let keep_never = ["bank.example", "clinic.example"].map(str::to_owned).to_vec();
    settled(stage, &Settings { keep_never, ..chosen }).await
}

async fn quiet(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open_page("options.html").await?;
    space(stage, page, "Daily quiet hours").await?;
    settled(stage, &Settings { quiet_from: 22 * 60, quiet_to: 7 * 60, ..Settings::default() }).await?;
    for (field, quiet_from, quiet_to) in [("From", 23 * 60, 7 * 60), ("Until", 23 * 60, 8 * 60)] {
        reach(stage, page, field).await?;
        press(stage, page, &[&Key::Up]).await?;
        settled(stage, &Settings { quiet_from, quiet_to, ..Settings::default() }).await?;
    }
    space(stage, page, "Daily quiet hours").await?;
    settled(stage, &Settings::default()).await?;
    for pause in ["For 1 hour", "For 1 day"] {
        enter(stage, page, pause).await?;
        wait_until(pause, SIGN, async || Ok(settings(stage).await?.pause_until.is_some())).await?;
        enter(stage, page, "Turn back on").await?;
        settled(stage, &Settings::default()).await?;
    }
    mark(stage, page).await?;
    let muted = Settings { muted: vec!["example.org".to_owned()], ..Settings::default() };
    for keys in [&[&*Key::Enter][..], &[&Key::Tab, &Key::Enter]] {
        reach(stage, page, "Mute a site").await?;
        write(stage, page, "example.org").await?;
        for key in keys {
            press(stage, page, &[key]).await?;
        }
        settled(stage, &muted).await?;
        enter(stage, page, "Unmute example.org").await?;
        settled(stage, &Settings::default()).await?;
    }
    ensure!(is_marked(stage, page).await?, "Enter in the field loaded the page anew");
    Ok(())
}

async fn room(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open_page("options.html").await?;
    mark(stage, page).await?;
    reach(stage, page, &words("keep_quota", [])?).await?;
    press(stage, page, &[&Key::Control, "a"]).await?;
    write(stage, page, "300").await?;
    press(stage, page, &[&Key::Enter]).await?;
    settled(stage, &Settings { quota_mb: 300, ..Settings::default() }).await?;
    press(stage, page, &[&Key::Up]).await?;
    press(stage, page, &[&Key::Tab]).await?;
    settled(stage, &Settings { quota_mb: 310, ..Settings::default() }).await?;
    ensure!(is_marked(stage, page).await?, "Enter in the field loaded the page anew");
    Ok(())
}

async fn links(stage: &Stage<'_>) -> Result<()> {
    let links = [("popup_board", "board.html"), ("copy_all", "copies.html"), ("options_welcome", "welcome.html")];
    for (key, path) in links {
        let page = stage.browser.open_page("options.html").await?;
        leads(stage, page, &words(key, [])?, path).await?;
        stage.browser.close(page).await?;
    }
    Ok(())
}

async fn welcome(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open_page("welcome.html").await?;
    choose(stage, page).await?;
    stage.says(page, &words("welcome_chosen_visited", [])?).await?;
    leads(stage, page, &words("welcome_options", [])?, "options.html").await
}

/// Takes each of the three answers, the first with the space bar, the others with the arrow key.
async fn choose(stage: &Stage<'_>, page: TabId) -> Result<()> {
    space(stage, page, &words("keep_off", [])?).await?;
    settled(stage, &Settings { keep: Keeping::Off, ..Settings::default() }).await?;
    for keep in [Keeping::Pinned, Keeping::Visited] {
        press(stage, page, &[&Key::Down]).await?;
        settled(stage, &Settings { keep, ..Settings::default() }).await?;
    }
    Ok(())
}

/// Follows a link of a page to another page of ours.
async fn leads(stage: &Stage<'_>, page: TabId, name: &str, path: &str) -> Result<()> {
    enter(stage, page, name).await?;
    let there = stage.browser.page(path);
    wait_until(&format!("{path} after `{name}`"), SIGN, async || Ok(stage.browser.url(page).await? == there)).await
}

const BOXES: [Switched; 9] = [
    ("options_outage_page", |settings| &mut settings.outage_page),
    ("options_banner", |settings| &mut settings.banner),
    ("options_automatic_look_up", |settings| &mut settings.automatic_look_up),
    ("options_look_closer", |settings| &mut settings.look_closer),
    ("options_notify_begin", |settings| &mut settings.notify_begin),
    ("options_notify_recovery", |settings| &mut settings.notify_recovery),
    ("options_notify_back", |settings| &mut settings.notify_back),
    ("options_reload_when_back", |settings| &mut settings.reload_when_back),
    ("options_look_seldom", |settings| &mut settings.look_seldom),
];
