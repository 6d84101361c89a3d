//! Ring 4: the page of a run in a real Chromium, through `WebDriver`.

#[path = "../support/cli.rs"]
mod cli;
mod driver;
#[path = "../support/journal.rs"]
mod journal;

use std::path::{Path, PathBuf};

use cli::Place;
use driver::{Browser, in_a_browser};
use fantoccini::key::Key;
use rejoin::journal::{Entry, Event, file};
use rejoin::report::html;
use serde_json::{Value, json};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What runs if anything of the subject's does.
const HOSTILE: &str = "<script>window.owned=1</script><img src=x onerror='window.owned=1'>";

/// A run on `sim`, and its record.
fn run(place: &Place, playbook: &str, variant: &str) -> Result<Vec<Entry>> {
    let path = format!("playbooks/{playbook}.yaml");
    place
        .rejoin(&["run", &path, "--variant", variant, "--quiet"])
        .output()?;
    Ok(file::read(&journal::only(&place.path().join("runs"))?)?)
}

/// Writes the page of a record and opens it.
async fn open(browser: &Browser, place: &Place, entries: &[Entry]) -> Result<PathBuf> {
    let path = place.path().join("page.html");
    std::fs::write(&path, html::render(entries))?;
    show(browser, &path).await?;
    Ok(path)
}

async fn show(browser: &Browser, page: &Path) -> Result {
    let url = format!("file://{}", page.display());
    Ok(browser.driver.goto(&url).await?)
}

/// It is sound and fits, as wide as a telephone and as a screen, by day and by night.
async fn sound_everywhere(browser: &Browser, page: &Path, name: &str) -> Result {
    for scheme in ["light", "dark"] {
        for width in [400, 1280] {
            browser.shows(width, 1400, scheme).await?;
            sound(browser, page).await?;
            let wide: i64 = browser.eval("document.documentElement.scrollWidth").await?;
            assert!(wide <= i64::from(width), "{name}: {wide} at {width}");
            screenshot(browser, name, scheme, width).await?;
        }
    }
    Ok(())
}

/// Nothing was said on the console, nothing was loaded but the page itself, and it is not too wide.
async fn sound(browser: &Browser, page: &Path) -> Result {
    let said = browser.console().await?;
    assert!(said.is_empty(), "{}: {said:?}", page.display());
    let loaded: Vec<String> = browser
        .eval("performance.getEntriesByType('resource').map(it => it.name)")
        .await?;
    assert!(loaded.is_empty(), "{loaded:?}");
    let owned: Value = browser.eval("window.owned ?? null").await?;
    assert_eq!(owned, Value::Null);
    Ok(())
}

#[test]
fn the_page_is_sound_at_every_width_and_in_both_colour_schemes() {
    in_a_browser(async |browser| {
        for (playbook, variant, word) in [
            ("stuck-pending", "issue-395", "FAIL"),
            ("flapping", "reconcile", "PASS"),
        ] {
            let place = Place::new()?;
            let entries = run(&place, playbook, variant)?;
            let page = open(browser, &place, &entries).await?;
            sound_everywhere(browser, &page, playbook).await?;
            let verdict: String = browser
                .eval("document.querySelector('#verdict .word').textContent")
                .await?;
            assert_eq!(verdict, word);
            let paper: String = browser
                .eval("getComputedStyle(document.body).backgroundColor")
                .await?;
            browser.shows(1280, 1400, "light").await?;
            let light: String = browser
                .eval("getComputedStyle(document.body).backgroundColor")
                .await?;
            assert_ne!(paper, light, "dark is as light");
        }
        Ok(())
    });
}

#[test]
fn the_page_of_a_sweep_is_sound_and_shows_every_run() {
    in_a_browser(async |browser| {
        let place = Place::new()?;
        let page = place.path().join("sweep.html");
        let format = format!("html={}", page.display());
        let args = [
            "sweep",
            "playbooks/deploy-while-away.yaml",
            "--var",
            "gap=0s..disconnect_timeout+1m",
            "--points",
            "5",
            "--variant",
            "fix-a",
            "--format",
            &format,
        ];
        let output = place.rejoin(&args).output()?;
        assert_eq!(output.status.code(), Some(1));
        show(browser, &page).await?;
        sound_everywhere(browser, &page, "sweep").await?;
        let text: String = browser.eval("document.body.innerText").await?;
        let listed = text
            .lines()
            .find_map(|line| line.strip_prefix("Show ")?.strip_suffix(" runs"));
        let runs: u64 = listed.ok_or_else(|| text.clone())?.parse()?;
        let points: u64 = browser
            .eval("document.querySelectorAll('svg circle').length")
            .await?;
        assert!(points >= runs, "{points} points of {runs} runs");
        Ok(())
    });
}

/// Keeps a picture for people, where `REJOIN_SHOTS` names a folder.
async fn screenshot(browser: &Browser, playbook: &str, scheme: &str, width: u32) -> Result {
    if let Some(folder) = std::env::var_os("REJOIN_SHOTS") {
        let name = format!("{playbook}-{scheme}-{width}.png");
        let picture = browser.driver.screenshot().await?;
        std::fs::write(PathBuf::from(folder).join(name), picture)?;
    }
    Ok(())
}

/// The bars of a lane: where they begin and end on the page, and in the record.
async fn bars(browser: &Browser, lane: &str) -> Result<Vec<(f64, f64, u64, u64)>> {
    let expression = format!(
        "[...document.querySelectorAll('.lane')].filter(lane => lane.getAttribute('aria-label') === {})
            .flatMap(lane => [...lane.querySelectorAll('.mark.bar')])
            .map(mark => {{ const box = mark.querySelector('.body').getBBox();
                return [box.x, box.x + box.width, +mark.dataset.from, +mark.dataset.to]; }})",
        json!(lane)
    );
    browser.eval(&expression).await
}

/// When the first entry of a kind was recorded, in milliseconds.
fn when(entries: &[Entry], wanted: impl Fn(&Event) -> bool) -> Result<u64> {
    let found = entries.iter().find(|entry| wanted(&entry.event));
    Ok(found.ok_or("no such entry")?.elapsed.0)
}

#[test]
fn lanes_and_bars_are_where_the_record_says() {
    in_a_browser(async |browser| {
        let place = Place::new()?;
        let entries = run(&place, "stuck-pending", "issue-395")?;
        browser.shows(1280, 1400, "light").await?;
        open(browser, &place, &entries).await?;
        let of_edge1 = |name: &rejoin::fault::ContainerName| name.0 == "edge1";
        let injected = when(
            &entries,
            |event| matches!(event, Event::Injected { container, .. } if of_edge1(container)),
        )?;
        let restored = when(
            &entries,
            |event| matches!(event, Event::Restored { container, .. } if of_edge1(container)),
        )?;
        let fault = bars(browser, "remove edge1").await?;
        assert_eq!(
            fault.iter().map(|bar| (bar.2, bar.3)).collect::<Vec<_>>(),
            [(injected, restored)]
        );
        // Up, gone, up again: end to end, and gone exactly under the fault's bar.
        let container = bars(browser, "edge1").await?;
        assert!(container.len() >= 3, "{container:?}");
        let gone = container
            .iter()
            .find(|bar| bar.2 == injected)
            .ok_or("never gone")?;
        assert!(
            (gone.0 - fault[0].0).abs() < 1.0 && (gone.1 - fault[0].1).abs() < 1.0,
            "{gone:?} {fault:?}"
        );
        // Pending from the first reading to the end, and to the left of nothing that came before.
        let late = bars(browser, "late on edge1").await?;
        let deployed = when(
            &entries,
            |event| matches!(event, Event::Deployed { job, .. } if job == "late"),
        )?;
        assert!(late.len() == 1 && late[0].2 >= deployed, "{late:?}");
        assert!(
            late[0].0 > fault[0].0 && late[0].1 > fault[0].1,
            "{late:?} {fault:?}"
        );
        // Every bar of every lane begins where the one before it ends, or later.
        let overlaps: i64 = browser
            .eval(
                "[...document.querySelectorAll('.lane')].flatMap(lane => {
                    const all = [...lane.querySelectorAll('.mark.bar .body')].map(it => it.getBBox());
                    return all.slice(1).filter((box, index) => box.x + 0.6 < all[index].x + Math.min(all[index].width, 3));
                }).length",
            )
            .await?;
        assert_eq!(overlaps, 0);
        let lanes: Vec<String> = browser
            .eval("[...document.querySelectorAll('.heading')].map(it => it.textContent.trim())")
            .await?;
        assert!(lanes.len() >= 6, "{lanes:?}");
        // A selected step marks its part.
        browser
            .eval::<Value>("(location.hash = '#stage-3', null)")
            .await?;
        let fill: String = browser
            .eval("getComputedStyle(document.querySelector('#stage-3')).fill")
            .await?;
        let none: String = browser
            .eval("getComputedStyle(document.querySelector('#stage-4')).fill")
            .await?;
        assert_ne!(fill, none);
        Ok(())
    });
}

#[test]
fn a_person_without_a_mouse_reaches_every_mark() {
    in_a_browser(async |browser| {
        let place = Place::new()?;
        let entries = run(&place, "stuck-pending", "issue-395")?;
        browser.shows(1280, 1400, "light").await?;
        open(browser, &place, &entries).await?;
        let mut reached = false;
        for _ in 0..60 {
            let active = browser.driver.active_element().await?;
            active.send_keys(&(Key::Tab + "")).await?;
            let class: String = browser
                .eval("String(document.activeElement.getAttribute('class'))")
                .await?;
            reached = class.starts_with("mark");
            if reached {
                break;
            }
        }
        assert!(reached, "Tab leads to no mark");
        let panel = "document.getElementById('entry').textContent";
        let first: String = browser.eval(panel).await?;
        assert!(first.contains("journal entry"), "{first}");
        let active = browser.driver.active_element().await?;
        active.send_keys(&(Key::Down + "")).await?;
        let below: String = browser.eval(panel).await?;
        assert_ne!(first, below, "the arrow keys lead nowhere");
        let named: i64 = browser
            .eval("[...document.querySelectorAll('.mark')].filter(it => !it.getAttribute('aria-label') || !it.querySelector('title')).length")
            .await?;
        assert_eq!(named, 0, "marks without a name");
        let bare: i64 = browser
            .eval("[...document.querySelectorAll('th')].filter(it => !it.scope).length")
            .await?;
        assert_eq!(bare, 0);
        let landmarks: i64 = browser
            .eval("document.querySelectorAll('header, main, footer').length")
            .await?;
        assert_eq!(landmarks, 3);
        Ok(())
    });
}

#[test]
fn what_the_subject_wrote_stays_text() {
    in_a_browser(async |browser| {
        let place = Place::new()?;
        let path = place.path().join("runs");
        run(&place, "stuck-pending", "issue-395")?;
        // A job, an edge and a log line with markup in their names, as a subject may give them.
        let record = std::fs::read_to_string(journal::only(&path)?)?;
        let record = record.replace("\"late\"", &json!(format!("late{HOSTILE}")).to_string());
        let record = record.replace("edge1", &HOSTILE.replace('"', "'"));
        let record = record.replace("EDGE: Received", &format!("EDGE: {HOSTILE} Received"));
        let spoiled = place.path().join("spoiled.jsonl");
        std::fs::write(&spoiled, record)?;
        let entries = file::read(&spoiled)?;
        browser.shows(1280, 1400, "light").await?;
        let page = open(browser, &place, &entries).await?;
        sound(browser, &page).await?;
        let shown: String = browser.eval("document.body.innerText").await?;
        assert!(
            shown.contains("<script>window.owned=1</script>"),
            "the name is not shown"
        );
        let scripts: i64 = browser
            .eval("document.querySelectorAll('script').length")
            .await?;
        let images: i64 = browser
            .eval("document.querySelectorAll('img').length")
            .await?;
        assert_eq!((scripts, images), (1, 0));
        Ok(())
    });
}
