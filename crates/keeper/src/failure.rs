//! Why a question could not be answered.

use detour_shelf::{quota::NoRoom, store::Refusal};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// Why a question could not be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What is there is not what was kept.
    #[error("{0}")]
    Damaged(String),
    /// It is not there.
    #[error("this copy is not there any more")]
    Gone,
    /// The browser refuses more room.
    #[error("the disk, or what the browser may use of it, is full")]
    DiskFull,
    /// The shelf refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was handed over is not what it should be.
    #[error("{0}")]
    Unreadable(String),
    /// Anything else that the browser did not do.
    #[error("{0}")]
    Browser(String),
}

impl Failure {
    /// One word for it, for programs.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged",
            Self::Gone => "gone",
            Self::DiskFull => "disk_full",
            Self::Refused(Refusal::NoRoom(NoRoom::Full)) => "full",
            Self::Refused(Refusal::NoRoom(NoRoom::TooBig { .. })) => "too_big",
            Self::Refused(Refusal::HereAlready) => "here_already",
            Self::Unreadable(_) => "unreadable",
            Self::Browser(_) => "busy",
        }
    }

    /// `{ kind, detail }`.
    pub(crate) fn to_js(&self) -> JsValue {
        let object = Object::new();
        for (key, value) in [("kind", self.kind().to_owned()), ("detail", self.to_string())] {
            // A fresh object takes every field.
            let _ = Reflect::set(&object, &key.into(), &value.into());
        }
        object.into()
    }
}

/// What the database or a file's reader threw.
impl From<JsValue> for Failure {
    fn from(thrown: JsValue) -> Self {
        let field = |name: &str| Reflect::get(&thrown, &name.into()).ok().and_then(|value| value.as_string());
        let name = field("name").unwrap_or_default();
        if name == "QuotaExceededError" {
            return Self::DiskFull;
        }
        Self::Browser(format!("{name}: {}", field("message").unwrap_or_else(|| format!("{thrown:?}"))))
    }
}
