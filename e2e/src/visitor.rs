//! A person at a browser, as far as a journey needs one.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};

/// How long a page may take to show what it should.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the browser runs scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// As most do.
    On,
    /// As some must.
    Off,
}

/// Which colours the system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A browser session.
pub struct Visitor {
    client: Client,
    _profile: tempfile::TempDir,
}

impl Visitor {
    /// Opens a browser with an empty profile.
    pub async fn enter(script: Script) -> Result<Self> {
        let driver = std::env::var("XIAOXIANG_WEBDRIVER")
            .context("XIAOXIANG_WEBDRIVER is not set: run `cargo xtask test`")?;
        let profile = tempfile::tempdir()?;
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let setting = if script == Script::Off { 2 } else { 1 };
        let options = json!({
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": setting },
        });
        let capabilities: Map<String, Value> =
            [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(fantoccini_connector())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .context("no browser session")?;
        Ok(Self { client, _profile: profile })
    }

    /// Closes the browser.
    pub async fn leave(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    /// Opens an address.
    pub async fn go(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("cannot open {address}"))
    }

    /// The text of the first element that matches.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let since = Instant::now();
        loop {
            match self.element(Locator::Css(selector)).await?.text().await {
                // The page that a form led to came between the finding and the reading.
                Err(error) if error.is_stale_element_reference() && since.elapsed() < PATIENCE => {}
                text => return Ok(text?),
            }
        }
    }

    /// How many elements match.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(selector)).await?.len())
    }

    /// Follows the first link that matches, as a click would.
    pub async fn follow(&self, selector: &str) -> Result<()> {
        let link = self.element(Locator::Css(selector)).await?;
        let target = link.prop("href").await?.with_context(|| format!("`{selector}` is no link"))?;
        self.go(&target).await
    }

    /// Types into a field.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        self.write(&format!("[name='{name}']"), text).await
    }

    /// Types into the first field that matches.
    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.element(Locator::Css(selector)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Enters a day as a date field keeps it, whatever order of day and month its keyboard has.
    pub async fn fill_day(&self, name: &str, day: &str) -> Result<()> {
        self.element(Locator::Css(&format!("[name='{name}']"))).await?;
        self.execute(&format!("document.querySelector(\"[name='{name}']\").value = '{day}'")).await
    }

    /// Ticks a box or chooses an option button, unless it is.
    pub async fn tick(&self, selector: &str) -> Result<()> {
        let field = self.element(Locator::Css(selector)).await?;
        if !field.is_selected().await? {
            field.click().await?;
        }
        Ok(())
    }

    /// Opens what is folded up, unless it is open.
    pub async fn unfold(&self, details: &str) -> Result<()> {
        self.element(Locator::Css(details)).await?;
        if self.count(&format!("{details}[open]")).await? == 0 {
            self.click(&format!("{details} > summary")).await?;
        }
        Ok(())
    }

    /// What a field holds.
    pub async fn value(&self, name: &str) -> Result<String> {
        let field = self.element(Locator::Css(&format!("[name='{name}']"))).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// Sends a form by its button, and waits for the page that answers.
    pub async fn submit(&self, form: &str) -> Result<()> {
        self.press_button(&format!("{form} button[type=submit]")).await
    }

    /// Sends a form by the first button that matches, and waits for the page that answers.
    pub async fn press_button(&self, selector: &str) -> Result<()> {
        self.send(Locator::Css(selector)).await
    }

    /// Makes the page so wide. A headless window cannot be narrower than about 500 px, so the page is.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let command = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        self.client.set_window_size(width.max(500), height).await?;
        self.client
            .issue_cmd(DevTools { command: "Emulation.setDeviceMetricsOverride", parameters: command })
            .await?;
        Ok(())
    }

    /// Asks for light or dark pages, as the system would.
    pub async fn see_in(&self, theme: Theme) -> Result<()> {
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        let parameters = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.client.issue_cmd(DevTools { command: "Emulation.setEmulatedMedia", parameters }).await?;
        Ok(())
    }

    /// A picture of the whole page at the present width, as WebP.
    pub async fn picture(&self, width: u32, height_max: i64) -> Result<Vec<u8>> {
        let height = self.run("return document.documentElement.scrollHeight").await?.min(height_max);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let parameters =
            json!({ "format": "webp", "quality": 80, "captureBeyondViewport": true, "clip": clip });
        let taken = self.client.issue_cmd(DevTools { command: "Page.captureScreenshot", parameters }).await?;
        let text = taken.get("data").and_then(Value::as_str).context("the browser gave no picture")?;
        BASE64_STANDARD.decode(text).context("the picture is no base64")
    }

    /// Runs a script for what it does.
    pub async fn execute(&self, script: &str) -> Result<()> {
        self.client.execute(script, Vec::new()).await?;
        Ok(())
    }

    /// Runs a script that calls its last argument with the answer.
    pub async fn execute_and_wait(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, Vec::new()).await?)
    }

    /// Chooses files for an upload field.
    pub async fn choose_files(&self, name: &str, files: &[std::path::PathBuf]) -> Result<()> {
        let field = self.element(Locator::Css(&format!("input[name='{name}']"))).await?;
        let list: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        Ok(field.send_keys(&list.join("\n")).await?)
    }

    /// Chooses an option of a list by its value.
    pub async fn choose(&self, name: &str, value: &str) -> Result<()> {
        let field = self.element(Locator::Css(&format!("select[name='{name}']"))).await?;
        Ok(field.select_by_value(value).await?)
    }

    /// Chooses an option of a list by its words.
    pub async fn choose_labelled(&self, name: &str, label: &str) -> Result<()> {
        let field = self.element(Locator::Css(&format!("select[name='{name}']"))).await?;
        Ok(field.select_by_label(label).await?)
    }

    /// Clicks the first element that matches.
    pub async fn click(&self, selector: &str) -> Result<()> {
        Ok(self.element(Locator::Css(selector)).await?.click().await?)
    }

    /// Sends a form by the first button whose words contain these, and waits for the page that answers.
    pub async fn press(&self, words: &str) -> Result<()> {
        let path = format!("//button[contains(normalize-space(.), '{words}')]");
        self.send(Locator::XPath(&path)).await
    }

    /// Clicks a button that sends a form. The browser calls that done when the answer is still on its way, and
    /// what is looked for next would be found on the page before: hence the wait until that page is gone.
    async fn send(&self, button: Locator<'_>) -> Result<()> {
        let page_before = self.element(Locator::Css("html")).await?;
        self.element(button).await?.click().await?;
        let since = Instant::now();
        while !page_before.tag_name().await.is_err_and(|error| error.is_stale_element_reference()) {
            ensure!(since.elapsed() < PATIENCE, "no page answered `{button:?}`");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The first element that matches, as soon as it is there.
    async fn element(&self, locator: Locator<'_>) -> Result<Element> {
        let found = self.client.wait().at_most(PATIENCE).for_element(locator).await;
        found.with_context(|| format!("no `{locator:?}` on the page"))
    }

    /// Signs out, and waits until that is done: an address opened meanwhile would cut it short.
    pub async fn sign_out(&self) -> Result<()> {
        self.submit("header form").await?;
        self.text("header a[href$='/sign-in']").await?;
        Ok(())
    }

    /// Goes back to the page before, as its browser kept it.
    pub async fn back(&self) -> Result<()> {
        Ok(self.client.back().await?)
    }

    /// Loses the session, as after a long pause.
    pub async fn forget(&self) -> Result<()> {
        Ok(self.client.delete_all_cookies().await?)
    }

    /// Puts the cookies of another browser into this one, as one who signs in again in another window has them.
    pub async fn share_session_of(&self, other: &Self) -> Result<()> {
        for cookie in other.client.get_all_cookies().await? {
            self.client.add_cookie(cookie).await?;
        }
        Ok(())
    }

    /// Fails with the page's words unless it says this.
    pub async fn sees(&self, words: &str) -> Result<()> {
        let shown = self.text("main").await?;
        ensure!(shown.contains(words), "{} does not say `{words}`:\n{shown}", self.path().await?);
        Ok(())
    }

    /// Path and query of the page shown.
    pub async fn path(&self) -> Result<String> {
        let url = self.client.current_url().await?;
        Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// Loads the page again until an element shows the words, as somebody without scripts would.
    pub async fn reload_until(&self, selector: &str, words: &str) -> Result<()> {
        for _ in 0..PATIENCE.as_millis() / 500 {
            let found = self.client.find(Locator::Css(selector)).await;
            if let Ok(element) = found
                && element.text().await.is_ok_and(|text| text.contains(words))
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.client.refresh().await?;
        }
        bail!("`{selector}` never showed `{words}`")
    }

    /// What a link downloads, with the visitor's own cookies.
    pub async fn bytes_of(&self, selector: &str) -> Result<Vec<u8>> {
        let link = self.element(Locator::Css(selector)).await?;
        let address = link.prop("href").await?.with_context(|| format!("`{selector}` is no link"))?;
        let cookies = self.client.get_all_cookies().await?;
        let cookies: Vec<String> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        let request = http::Request::get(&address).header("cookie", cookies.join("; "));
        let client: hyper_util::client::legacy::Client<_, http_body_util::Empty<hyper::body::Bytes>> =
            hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
                .build(fantoccini_connector());
        let answer = client.request(request.body(http_body_util::Empty::new())?).await?;
        if !answer.status().is_success() {
            bail!("{address} answered {}", answer.status());
        }
        Ok(http_body_util::BodyExt::collect(answer.into_body()).await?.to_bytes().to_vec())
    }

    /// Runs a script that returns a whole number.
    pub async fn run(&self, script: &str) -> Result<i64> {
        self.client.execute(script, Vec::new()).await?.as_i64().context("the script returned no whole number")
    }

    /// Waits until an expression holds.
    pub async fn wait_for(&self, expression: &str) -> Result<()> {
        let script = format!("return ({expression}) ? 1 : 0");
        for _ in 0..PATIENCE.as_millis() / 200 {
            if self.run(&script).await? == 1 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        bail!("did not come true: {expression}")
    }
}

/// A command of Chromium's own protocol, sent through ChromeDriver.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base_url: &url::Url, session_id: Option<&str>) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}

fn fantoccini_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}
