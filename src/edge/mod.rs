//! The edge function: a request in, a response out, the key staying here.
//!
//! In: a `Request`, the environment, the runtime's context. Out: a `Response`. Never: an upstream that a caller chose,
//! a header or a field that was passed on unread, a key or an upstream's words about its operator in a response.
//!
//! [`route`], [`gate`], [`relay`], [`retry`], [`tally`] and [`answer`] decide and are pure; what waits and what meets the runtime
//! is in the others.

pub mod answer;
pub mod config;
pub mod gate;
mod intake;
mod pipe;
mod pump;
mod race;
pub mod relay;
mod render;
pub mod retry;
pub mod route;
mod runtime;
pub mod tally;
mod upstream;
mod vocabulary;

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Request, Response, Url};

use self::{
    answer::Answer,
    config::{Refusal, Settings, Upstream},
    intake::Sender,
    pump::{Answered, Question},
    relay::{Plan, RECORD_LIMIT, REPLY_LIMIT},
    route::Route,
    upstream::Source,
    vocabulary::Vocabulary,
};
use crate::{
    platform::{Fetch, now},
    simulator::{Simulator, estimate},
    wire::{self, ApiError, Dialect, ErrorCode, Meta, Reading, read_request, write_models},
};

/// An edge function with its settings.
#[derive(Debug)]
pub struct Edge {
    settings: Settings,
    source: Source,
    vocabulary: Vocabulary,
}

impl Edge {
    /// Reads the settings from an environment, whose other members are left alone. Recorded bodies, where there are
    /// any, answer in the simulator's place.
    ///
    /// # Errors
    /// [`Refusal`] in one sentence, when the settings are dangerous or do not parse.
    pub fn open(env: &JsValue, recorded: &[Vec<u8>]) -> Result<Self, Refusal> {
        let mut settings = Settings::read(&runtime::variables(env))?;
        let source = match &mut settings.upstream {
            Upstream::Remote(_) => Source::Remote(Fetch::default()),
            Upstream::Simulator { seed, .. } if recorded.is_empty() => {
                Source::Simulated(Box::new(Simulator::new(*seed, estimate)))
            }
            Upstream::Simulator { endpoint, .. } => {
                let recordings: Vec<_> = recorded.iter().map(|body| upstream::recording(body)).collect();
                endpoint.dialect = recordings.first().map_or(endpoint.dialect, |first| first.dialect);
                Source::Simulated(Box::new(Simulator::replay(recordings)))
            }
        };
        Ok(Self { settings, source, vocabulary: Vocabulary::default() })
    }

    /// Answers one request.
    ///
    /// # Errors
    /// What the runtime throws when it cannot make a response.
    pub async fn fetch(
        self: Rc<Self>,
        request: Request,
        env: JsValue,
        ctx: JsValue,
    ) -> Result<Response, JsValue> {
        let url = Url::new(&request.url())?;
        let (method, path) = (request.method(), url.pathname());
        let sender = Sender::read(&request, &url);
        let answer = match route::find(&method, &path) {
            Err(astray) => answer::astray(&path, astray),
            Ok(Route::Page) => answer::page(render::document(&self.settings, &runtime::names(&env))),
            Ok(Route::Asset { name }) => return runtime::asset(&env, &url, name, method == "HEAD").await,
            Ok(Route::Health) => answer::health(),
            Ok(Route::Preflight) => answer::preflight(gate::is_same_origin(&sender.caller())),
            Ok(Route::Models) => self.models(&request, &sender),
            Ok(Route::CountTokens) => match self.count_tokens(&request, &sender, &env, &url).await {
                Ok(answer) | Err(answer) => answer,
            },
            Ok(Route::Chat { dialect }) => match self.chat(dialect, &request, &sender).await {
                Ok(question) => return converse(question, &request, &ctx).await,
                Err(answer) => answer,
            },
        };
        runtime::respond(&answer, method == "HEAD")
    }

    fn models(&self, request: &Request, sender: &Sender) -> Answer {
        let is_messages = request.headers().has("anthropic-version").unwrap_or(false);
        let dialect = if is_messages { Dialect::Messages } else { Dialect::Completions };
        if let Err(denied) = gate::admit(&self.settings, &sender.caller()) {
            return answer::denied(dialect, denied);
        }
        let ids: Vec<&str> = self.settings.models.iter().map(String::as_str).collect();
        answer::json(200, write_models(dialect, &ids, 0))
    }

    /// The tokens of the prompt that a request would become, as the upstream would be asked.
    async fn count_tokens(
        &self,
        request: &Request,
        sender: &Sender,
        env: &JsValue,
        url: &Url,
    ) -> Result<Answer, Answer> {
        let caller = Dialect::Messages;
        let settings = &self.settings;
        gate::admit(settings, &sender.caller()).map_err(|denied| answer::denied(caller, denied))?;
        let refuse = |error: ApiError| answer::error(caller, &error);
        let body = intake::read(request, settings.body_limit).await.map_err(refuse)?;
        let asked = read_request(caller, &body).map_err(refuse)?;
        let shaped = gate::shape(settings, asked).map_err(refuse)?;
        let address = runtime::names(env);
        let counted = self.vocabulary.with(env, url, &address, |tokenizer| {
            tally::count(settings, &shaped, &mut |text| tokenizer.count(text))
        });
        match counted.await {
            Ok(count) => Ok(answer::counted(&count)),
            Err(missing) => {
                runtime::complain(&missing.to_string());
                Err(answer::uncounted(missing.code()))
            }
        }
    }

    /// The question that a request asks, as the upstream will be asked; or the answer that it gets instead.
    async fn chat(
        self: &Rc<Self>,
        caller: Dialect,
        request: &Request,
        sender: &Sender,
    ) -> Result<Question, Answer> {
        let since = now();
        let settings = &self.settings;
        gate::admit(settings, &sender.caller()).map_err(|denied| answer::denied(caller, denied))?;
        let refuse = |error: ApiError| answer::error(caller, &error);
        let body = intake::read(request, settings.body_limit).await.map_err(refuse)?;
        let asked = read_request(caller, &body).map_err(refuse)?;
        let (stream, include_usage) = (asked.stream, asked.include_usage);
        let shaped = gate::shape(settings, asked).map_err(refuse)?;
        let endpoint = settings.upstream.endpoint();
        let mut request = wire::encode(endpoint, &shaped)
            .map_err(|wrong| refuse(answer::ours(ErrorCode::InvalidRequest, 400, wrong.to_string())))?;
        // Compressed records arrive when a compressor sees fit.
        request.headers.push(("accept-encoding", "identity".into()));
        let meta =
            Meta { id: runtime::make_id(), model: shaped.model, created: runtime::seconds(), include_usage };
        let reading = Reading::of(endpoint, RECORD_LIMIT, REPLY_LIMIT);
        Ok(Question { edge: Rc::clone(self), plan: Plan { caller, stream, meta, reading }, request, since })
    }
}

impl Refusal {
    /// What a request is answered where the function could not refuse to start. The sentence is the operator's.
    ///
    /// # Errors
    /// What the runtime throws when it cannot make a response.
    pub fn respond(&self) -> Result<Response, JsValue> {
        runtime::complain(&self.to_string());
        runtime::respond(&answer::misconfigured(), false)
    }
}

/// Asks the upstream and answers, in whichever form was wanted.
async fn converse(question: Question, request: &Request, ctx: &JsValue) -> Result<Response, JsValue> {
    let gone = runtime::Gone::watch(&request.signal());
    let kept = runtime::Kept::alive(ctx);
    let caller = question.plan.caller;
    let key = question.edge.settings.upstream.endpoint().key.clone();
    match pump::ask(question, gone.flag()).await {
        Answered::Stream(job) => {
            let (sink, stream) = pipe::pipe(gone.flag())?;
            let flag = gone.flag().clone();
            job.pour(sink, flag, (gone, kept));
            runtime::respond_stream(&stream)
        }
        Answered::Body(status, body) => runtime::respond(&answer::json(status, body), false),
        Answered::Failed(error) => {
            runtime::respond(&answer::error(caller, &answer::public(error, key.as_ref())), false)
        }
        Answered::Gone => runtime::respond(&answer::nobody(), false),
    }
}
