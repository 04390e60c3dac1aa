//! A browser with the extension in it, and the control tab from which it is led.
//!
//! Long because it is one thing: all that can be asked of a browser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use detour_core::incident::Lasting;
use detour_core::state::State;
use detour_core::stored::{Reader, Stored, lasting_of, state_of};
use detour_core::tab::TabId;
use detour_lab::Lab;
use fantoccini::Client;
use fantoccini::wd::{TimeoutConfiguration, WindowHandle};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::MutexGuard;

use crate::deeds::{self, Deed};
use crate::driver::Driver;
use crate::engine::{Engine, chromium, firefox};
use crate::place;
use crate::requests;
use crate::surroundings::{BrowserOptions, Extension, Surroundings};
use crate::wait::{wait_for, wait_until};

/// A running browser. Dropping it ends it; [`Browser::quit`] does so in good order.
pub struct Browser {
    engine: Engine,
    driver: Driver,
    /// One session has one current window: whoever switches holds this until done.
    session: tokio::sync::Mutex<Client>,
    client: Client,
    profile: PathBuf,
    book: PathBuf,
    control: Option<WindowHandle>,
    windows: Mutex<BTreeMap<TabId, WindowHandle>>,
}

/// The session while one tab is its current window.
pub struct Session<'a> {
    client: MutexGuard<'a, Client>,
}

impl Session<'_> {
    /// The driver's client; its commands go to the tab.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Browser {
    /// Starts a browser inside the lab, with a fresh profile or one that was used before.
    ///
    /// # Errors
    /// When a part is not built or not installed, or the browser does not start.
    pub async fn start(engine: Engine, lab: &Lab, options: BrowserOptions) -> Result<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(1);
        let nth = STARTED.fetch_add(1, Ordering::Relaxed);
        let is_fresh = options.profile.is_none();
        let profile = options.profile.clone().unwrap_or_else(|| lab.dir().join(format!("profile-{nth}")));
        std::fs::create_dir_all(&profile).with_context(|| format!("creating {}", profile.display()))?;
        let extension = match &options.extension {
            Extension::Detour => Some(place::built(engine.name())?),
            Extension::Folder(folder) => Some(folder.clone()),
            Extension::None => None,
        };
        let has_extension = extension.is_some();
        let (home, ca) = (lab.home(), lab.ca());
        let log = lab.dir().join(format!("logs/driver-{nth}.log"));
        let book = requests::book(&lab.dir().join("logs"), engine, nth);
        let surroundings = Surroundings {
            options: &options,
            extension,
            home: &home,
            ca: &ca,
            profile: &profile,
            log: &log,
            book: &book,
        };
        let (driver, client) = engine.start(&surroundings).await?;
        let session = tokio::sync::Mutex::new(client.clone());
        let mut browser =
            Self { engine, driver, session, client, profile, book, control: None, windows: Mutex::default() };
        if has_extension {
            if is_fresh {
                browser.close_first_run_page().await?;
            }
            browser.open_control_tab().await?;
        }
        Ok(browser)
    }

    /// Which engine it is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Where its profile is.
    #[must_use]
    pub fn profile(&self) -> &Path {
        &self.profile
    }

    /// The driver's client, for what this type does not offer; it leaves the current window to whoever uses it.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The address of one of the extension's pages.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        self.file(&format!("pages/{path}"))
    }

    /// The address of one of the extension's files.
    #[must_use]
    pub fn file(&self, path: &str) -> String {
        format!("{}/{path}", self.engine.origin())
    }

    /// Opens a tab in front, and gives its id as soon as it is there: its page may still be loading.
    ///
    /// # Errors
    /// When the browser does not open it.
    pub async fn open(&self, url: &str) -> Result<TabId> {
        deeds::did(Deed::Wrote(url.to_owned()));
        let session = self.in_control().await?;
        let client = session.client();
        let known = client.windows().await?;
        let script = "return (await api.tabs.create({ url: args[0] })).id";
        let id = serde_json::from_value(run_async(client, script, json!([url])).await?)?;
        let window = wait_for("the new tab's window", USUAL, async || {
            Ok(client.windows().await?.into_iter().find(|window| !known.contains(window)))
        })
        .await?;
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).insert(id, window);
        Ok(id)
    }

    /// Waits for the tab that shows this page of ours, which something else than [`Browser::open`] opened.
    ///
    /// # Errors
    /// When there is none.
    pub async fn find(&self, url: &str) -> Result<TabId> {
        let look =
            "return (await api.tabs.query({ status: 'complete' })).find((tab) => tab.url === args[0])?.id ?? null";
        let id = wait_for(&format!("{url} in a tab"), USUAL, async || {
            Ok(serde_json::from_value::<Option<TabId>>(self.control(look, json!([url])).await?)?)
        })
        .await?;
        let session = self.in_control().await?;
        let client = session.client();
        for window in client.windows().await? {
            client.switch_to_window(window.clone()).await?;
            if client.current_url().await?.as_str() == url {
                self.windows.lock().unwrap_or_else(PoisonError::into_inner).insert(id, window);
                return Ok(id);
            }
        }
        bail!("no window shows {url}")
    }

    /// Runs the body of an async function in the control tab, with `api` (the extension's interfaces) and `args`.
    ///
    /// # Errors
    /// When it throws; the message has its words.
    pub async fn control(&self, body: &str, args: Value) -> Result<Value> {
        deeds::did(Deed::Wrote(format!("{body} {args}")));
        let session = self.in_control().await?;
        run_async(session.client(), body, args).await
    }

    /// Says something to the worker, as a page of the extension does.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn say(&self, message: Value) -> Result<()> {
        // The worker does not answer; Chromium makes that an error of its own when the port closes.
        let say = "api.runtime.sendMessage(args[0]).catch(() => {})";
        self.control(say, json!([message])).await.map(drop)
    }

    /// What the worker has stored; reading it does not wake the worker.
    ///
    /// # Errors
    /// When it is not a state.
    pub async fn state(&self) -> Result<State> {
        let look =
            "return Object.entries(await api.storage.session.get(null)).filter(([, text]) => typeof text === 'string')";
        let items: Vec<(String, String)> = serde_json::from_value(self.control(look, json!([])).await?)?;
        let (state, _, problems) = state_of(&items, &Json);
        ensure!(problems.is_empty(), "the stored state: {problems:?} in {items:?}");
        Ok(state)
    }

    /// What outlives the browser, as the worker has stored it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn lasting(&self) -> Result<Lasting> {
        let look =
            "return Object.entries(await api.storage.local.get(null)).filter(([, text]) => typeof text === 'string')";
        let items: Vec<(String, String)> = serde_json::from_value(self.control(look, json!([])).await?)?;
        let (lasting, problems) = lasting_of(&items, &mut Stored::default(), &Json);
        ensure!(problems.is_empty(), "what is stored for good: {problems:?} in {items:?}");
        Ok(lasting)
    }

    /// Changes settings, as the options page does: all of them at once.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn set_settings(&self, settings: &detour_core::settings::Settings) -> Result<()> {
        deeds::did(Deed::Chose(settings.clone()));
        self.say(json!({ "settings": { "settings": settings } })).await
    }

    /// Waits until all that was asked for so far stands in the browser's book.
    ///
    /// # Errors
    /// When the browser writes nothing.
    pub(crate) async fn write_book(&self) -> Result<()> {
        if self.engine == Engine::Firefox {
            return Ok(());
        }
        // Chromium writes its events some at a time, in their order.
        static MARKS: AtomicU32 = AtomicU32::new(1);
        let mark = format!("{}{}", requests::MARK, MARKS.fetch_add(1, Ordering::Relaxed));
        let end = format!("{mark}/0");
        let push = "for (let nth = 0; nth < 3; nth += 1)
                await fetch(`http://127.0.0.1:65000${args[0]}/${nth}`, { mode: 'no-cors' }).catch(() => {});";
        wait_until("the browser writes down what it asked for", USUAL, async || {
            self.control(push, json!([mark])).await?;
            Ok(requests::tail(&self.book)?.contains(&end))
        })
        .await
    }

    /// Whether the worker runs; asking does not wake it.
    ///
    /// # Errors
    /// When the browser does not say.
    pub async fn is_worker_awake(&self) -> Result<bool> {
        match self.engine {
            Engine::Chromium => {
                let look = "return (await api.runtime.getContexts({ contextTypes: ['BACKGROUND'] })).length > 0";
                Ok(self.control(look, json!([])).await? == json!(true))
            }
            Engine::Firefox => firefox::is_worker_awake(&self.client).await,
        }
    }

    /// Ends the worker, as the browser does after 30 s of idling; what wakes it next finds a cold start.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn kill_worker(&self) -> Result<()> {
        wait_until("the worker sleeps", USUAL, async || {
            // An event that was on its way starts the worker anew at once; that one is ended as well.
            if self.is_worker_awake().await? {
                let session = self.in_control().await?;
                match self.engine {
                    Engine::Chromium => chromium::stop_worker(session.client()).await?,
                    Engine::Firefox => firefox::stop_worker(session.client()).await?,
                }
            }
            Ok(!self.is_worker_awake().await?)
        })
        .await
    }

    /// Empties the HTTP cache: a page that an earlier story loaded may still be fresh, and is then shown without asking
    /// its site.
    ///
    /// # Errors
    /// When the browser does not do it.
    pub async fn empty_cache(&self) -> Result<()> {
        let session = self.in_control().await?;
        match self.engine {
            Engine::Chromium => chromium::empty_cache(session.client()).await,
            Engine::Firefox => firefox::empty_cache(session.client()).await,
        }
    }

    /// Wakes the worker and waits until its wasm has answered.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn wake_worker(&self) -> Result<()> {
        let ask = "const port = api.runtime.connect({ name: 'view:999999999' });
            await new Promise((done) => port.onMessage.addListener(done));
            port.disconnect();";
        self.control(ask, json!([])).await.map(drop).context("waking the worker")
    }

    /// The ids of all tabs but the control tab.
    ///
    /// # Errors
    /// When the browser does not say.
    pub async fn tabs(&self) -> Result<Vec<TabId>> {
        let look = "const own = (await api.tabs.getCurrent()).id;
            return (await api.tabs.query({})).map((tab) => tab.id).filter((id) => id !== own)";
        Ok(serde_json::from_value(self.control(look, json!([])).await?)?)
    }

    /// Closes every tab but the control tab.
    ///
    /// # Errors
    /// When the browser does not say which there are.
    pub async fn close_all(&self) -> Result<()> {
        for tab in self.tabs().await? {
            self.close(tab).await?;
        }
        Ok(())
    }

    /// Ends the browser in good order.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn quit(mut self) -> Result<()> {
        self.end().await
    }

    /// [`Browser::quit`], where another one is to take its place.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn end(&mut self) -> Result<()> {
        self.client.clone().close().await?;
        self.driver.stop().await;
        Ok(())
    }

    /// Makes a tab the session's current window.
    ///
    /// # Errors
    /// When the tab was not opened by [`Browser::open`], or is gone.
    pub async fn in_tab(&self, tab: TabId) -> Result<Session<'_>> {
        let window = self.windows.lock().unwrap_or_else(PoisonError::into_inner).get(&tab).cloned();
        self.in_window(window.with_context(|| format!("tab {} was not opened from here", tab.0))?).await
    }

    /// Whether the tab was opened by [`Browser::open`], so that its page can be reached.
    pub(crate) fn knows(&self, tab: TabId) -> bool {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&tab)
    }

    pub(crate) fn forget(&self, tab: TabId) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(&tab);
    }

    async fn in_control(&self) -> Result<Session<'_>> {
        self.in_window(self.control.clone().context("a browser without the extension has no control tab")?).await
    }

    async fn in_window(&self, window: WindowHandle) -> Result<Session<'_>> {
        let client = self.session.lock().await;
        client.switch_to_window(window).await.context("switching to a tab")?;
        Ok(Session { client })
    }

    /// It opens by itself after the extension was installed.
    async fn close_first_run_page(&self) -> Result<()> {
        let client = &self.client;
        let first = client.window().await?;
        let first_run = wait_for("the first-run page opens", STARTUP, async || {
            Ok(client.windows().await?.into_iter().find(|window| *window != first))
        })
        .await?;
        client.switch_to_window(first_run).await?;
        wait_until("the first-run page is the extension's", USUAL, async || {
            Ok(client.current_url().await?.as_str() == self.page("welcome.html"))
        })
        .await?;
        client.close_window().await?;
        Ok(client.switch_to_window(first).await?)
    }

    /// The first tab becomes the control tab.
    async fn open_control_tab(&mut self) -> Result<()> {
        let client = self.client.clone();
        let control = client.window().await?;
        client.update_timeouts(TimeoutConfiguration::new(Some(USUAL), Some(USUAL), None)).await?;
        // A page of the extension's origin in which none of its code runs, so that it can neither wake nor hold the worker.
        client.goto(&self.file("manifest.json")).await?;
        wait_until("the control tab has the extension's interfaces", STARTUP, async || {
            let look = "return typeof (globalThis.browser ?? globalThis.chrome)?.tabs === 'object'";
            Ok(client.execute(look, Vec::new()).await? == json!(true))
        })
        .await?;
        self.control = Some(control);
        // The first navigation after loading an extension may reach webNavigation only in part: start when the worker is up.
        self.wake_worker().await
    }
}

/// Reads what the worker stored.
struct Json;

impl Reader for Json {
    fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

async fn run_async(client: &Client, body: &str, args: Value) -> Result<Value> {
    let script = format!(
        "const done = arguments[1], args = arguments[0], api = globalThis.browser ?? globalThis.chrome;
        (async () => {{ {body} }})().then((value) => done({{ value: value ?? null }}), (error) => done({{ error: String(error) }}));"
    );
    let mut answer =
        client.execute_async(&script, vec![args]).await.with_context(|| format!("in the control tab: {body}"))?;
    if let Some(error) = answer.get("error") {
        bail!("in the control tab: {body}: {error}");
    }
    match answer.get_mut("value").map(Value::take) {
        Some(value) => Ok(value),
        None => bail!("in the control tab: {body}: broken off with {answer}"),
    }
}

/// What a healthy browser does within a blink, and a busy machine within seconds.
const USUAL: Duration = Duration::from_secs(10);
const STARTUP: Duration = Duration::from_secs(20);
