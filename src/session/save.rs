//! A conversation as JSON, to be kept and read again. The settings, and with them the key, are not part of it.

use serde::{Deserialize, Serialize};

use super::{Config, Misuse, Session};
use crate::chat::{Thinking, Transcript};

/// The form's number: a reader refuses a number that it does not know, rather than losing what it cannot see.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Saved {
    version: u32,
    #[serde(default)]
    thinking: Thinking,
    transcript: Transcript,
}

/// The same, borrowed.
#[derive(Serialize)]
struct Saving<'a> {
    version: u32,
    thinking: Thinking,
    transcript: &'a Transcript,
}

impl Session {
    /// The conversation as it stands, an open answer included, as JSON.
    #[must_use]
    pub fn save(&self) -> String {
        let saving = Saving { version: VERSION, thinking: self.thinking, transcript: &self.transcript };
        // A tree of strings and numbers: writing it to memory has no way to fail.
        serde_json::to_string(&saving).unwrap_or_default()
    }

    /// A conversation that was saved. An answer that was open then is marked `interrupted`.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadSave`] when the text is not one that [`Session::save`] wrote.
    pub fn restore(config: Config, saved: &str) -> Result<Self, Misuse> {
        let saved: Saved = serde_json::from_str(saved).map_err(|_| Misuse::BadSave)?;
        if saved.version != VERSION {
            return Err(Misuse::BadSave);
        }
        let mut session = Self::with(config, saved.transcript);
        session.thinking = saved.thinking;
        Ok(session)
    }
}
