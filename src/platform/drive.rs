//! The one driver: runs a [`Session`] over a [`Transport`], for the page, the widget and the npm package alike.
//!
//! In: intents, as methods. Out: batches of [`Event`]s, one batch for each chunk of the network. Never: a decision,
//! which is the session's; a borrow that is held while foreign code runs, so a listener may call any method.
//!
//! One change, then drain: every intent and every fact goes through [`Core::act`], which moves the session's outputs
//! to a queue; the outermost call performs them in order, and calls made meanwhile only add to the queue.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortSignal;

use super::{Fetch, Incoming, Loss, Transport, clock, flight::Flight, thrown};
use crate::{
    chat::{MessageId, Millis, ToolCall},
    session::{Draft, Event, Input, Lost, Misuse, Output, Phase, Session, TurnId},
    wire::Request,
};

/// A conversation that runs. Dropping it aborts what is under way.
pub struct Driver<T: Transport = Fetch> {
    core: Rc<Core<T>>,
}

/// Runs a tool; the promise gives the result as text, or rejects with why there is none.
type RunTool = dyn Fn(&ToolCall, &AbortSignal) -> Promise;

struct Core<T> {
    session: RefCell<Session>,
    transport: Rc<T>,
    on_events: Box<dyn Fn(Vec<Event>)>,
    run_tool: RefCell<Option<Rc<RunTool>>>,
    /// Outputs that wait for the outermost call to perform them.
    todo: RefCell<VecDeque<Output>>,
    performing: Cell<bool>,
    /// The requests under way: one, and for a moment its successor.
    requests: RefCell<Vec<(TurnId, Rc<Flight>)>>,
    /// The tools of the turn that waits for them.
    tools: RefCell<Option<Rc<Flight>>>,
    /// The one timer, and the moment it is armed for, which is never after the session's deadline.
    timer: RefCell<Option<(Millis, Timeout)>>,
    cause: RefCell<JsValue>,
}

impl<T: Transport> Driver<T> {
    /// Drives `session` over `transport`. `on_events` gets every event, in order, in batches that are never empty.
    pub fn new(session: Session, transport: T, on_events: impl Fn(Vec<Event>) + 'static) -> Self {
        let core = Core {
            session: RefCell::new(session),
            transport: Rc::new(transport),
            on_events: Box::new(on_events),
            run_tool: RefCell::default(),
            todo: RefCell::default(),
            performing: Cell::new(false),
            requests: RefCell::default(),
            tools: RefCell::default(),
            timer: RefCell::default(),
            cause: RefCell::new(JsValue::UNDEFINED),
        };
        Self { core: Rc::new(core) }
    }

    /// Runs the tools that the session is told to run by `run`, which also gets a signal that [`stop`](Self::stop) aborts.
    pub fn on_tool(&self, run: impl Fn(&ToolCall, &AbortSignal) -> Promise + 'static) {
        self.core.run_tool.replace(Some(Rc::new(run)));
    }

    /// Asks a question.
    ///
    /// # Errors
    ///
    /// As [`Session::send`].
    pub fn send(&self, draft: impl Into<Draft>) -> Result<TurnId, Misuse> {
        self.core.act(|session, now| session.send(now, draft))
    }

    /// Asks for the last answer again, as a branch beside it.
    ///
    /// # Errors
    ///
    /// As [`Session::retry`].
    pub fn retry(&self) -> Result<TurnId, Misuse> {
        self.core.act(Session::retry)
    }

    /// Continues an answer that was cut.
    ///
    /// # Errors
    ///
    /// As [`Session::resume`].
    pub fn resume(&self) -> Result<TurnId, Misuse> {
        self.core.act(Session::resume)
    }

    /// Most tokens of the answer that is asked for again or continued next, as [`Session::allow`].
    pub fn allow(&self, room: Option<u32>) {
        self.core.act(|session, _| session.allow(room));
    }

    /// Brings the results of tools that the driver does not run.
    ///
    /// # Errors
    ///
    /// As [`Session::tool_results`].
    pub fn tool_results(
        &self,
        results: impl IntoIterator<Item = (String, Result<String, String>)>,
    ) -> Result<TurnId, Misuse> {
        self.core.act(|session, now| session.tool_results(now, results))
    }

    /// Stops what is under way, tools included; what arrived is kept.
    pub fn stop(&self) {
        // Taken first: a listener of the stop may ask again, and its tools are not these.
        let tools = self.core.tools.take();
        self.core.act(Session::stop);
        if let Some(tools) = tools {
            tools.cancel();
        }
    }

    /// Reads the branch that holds `id`.
    ///
    /// # Errors
    ///
    /// As [`Session::select`].
    pub fn select(&self, id: MessageId) -> Result<(), Misuse> {
        self.core.act(|session, _| session.select(id))
    }

    /// Looks at the session. The closure must not call the driver, only read.
    pub fn read<R>(&self, look: impl FnOnce(&Session) -> R) -> R {
        look(&self.core.session.borrow())
    }

    /// What the runtime threw when a connection was last lost, for a developer's eyes; else undefined.
    #[must_use]
    pub fn cause(&self) -> JsValue {
        self.core.cause.borrow().clone()
    }
}

impl<T: Transport> Drop for Driver<T> {
    fn drop(&mut self) {
        self.core.todo.take();
        self.core.timer.take();
        let requests = self.core.requests.take().into_iter().map(|(_, flight)| flight);
        for flight in requests.chain(self.core.tools.take()) {
            flight.cancel();
        }
    }
}

impl<T: Transport> fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("requests", &self.core.requests.borrow().len()).finish_non_exhaustive()
    }
}

impl<T: Transport> Core<T> {
    /// One change of the session, then everything it asks for.
    fn act<R>(self: &Rc<Self>, change: impl FnOnce(&mut Session, Millis) -> R) -> R {
        let result = {
            let mut session = self.session.borrow_mut();
            let result = change(&mut session, clock::now());
            self.todo.borrow_mut().extend(std::iter::from_fn(|| session.poll()));
            result
        };
        self.perform();
        result
    }

    fn perform(self: &Rc<Self>) {
        if self.performing.replace(true) {
            return;
        }
        let mut events = Vec::new();
        loop {
            let next = self.todo.borrow_mut().pop_front();
            if let Some(Output::Event(event)) = next {
                events.push(event);
                continue;
            }
            // What else is asked for comes after the events before it; a listener may ask for more.
            if !events.is_empty() {
                (self.on_events)(std::mem::take(&mut events));
            }
            match next {
                Some(output) => self.perform_one(output),
                None if self.todo.borrow().is_empty() => break,
                None => {}
            }
        }
        self.performing.set(false);
        self.arm();
    }

    fn perform_one(self: &Rc<Self>, output: Output) {
        match output {
            Output::Fetch { turn, request } => self.fetch(turn, request),
            Output::Cancel { turn } => {
                if let Some(flight) = self.land(turn) {
                    flight.cancel();
                }
            }
            Output::CallTool { turn, call } => self.call_tool(turn, call),
            Output::Event(_) => {}
        }
    }

    fn fetch(self: &Rc<Self>, turn: TurnId, request: Request) {
        // The tools of the turn before have all returned.
        self.tools.take();
        self.cause.replace(JsValue::UNDEFINED);
        let core = Rc::downgrade(self);
        match Flight::new() {
            Ok(flight) => {
                let flight = Rc::new(flight);
                self.requests.borrow_mut().push((turn, Rc::clone(&flight)));
                spawn_local(pump(Pump { core, turn, flight }, Rc::clone(&self.transport), request));
            }
            // Later, not at once: the queue must not be fed by its own outputs.
            Err(cause) => spawn_local(async move {
                let Some(core) = core.upgrade() else { return };
                core.cause.replace(cause);
                core.act(|session, now| session.handle(now, Input::Lost { turn, why: Lost::Network }));
            }),
        }
    }

    /// Takes a request from those under way.
    fn land(&self, turn: TurnId) -> Option<Rc<Flight>> {
        let mut requests = self.requests.borrow_mut();
        let at = requests.iter().position(|(under_way, _)| *under_way == turn)?;
        Some(requests.swap_remove(at).1)
    }

    fn call_tool(self: &Rc<Self>, turn: TurnId, call: ToolCall) {
        // A tool that ran before this one, or a listener, may have stopped the turn.
        if self.session.borrow().phase() != Phase::Calling {
            return;
        }
        let tools = self.tools.borrow().clone().or_else(|| Some(Rc::new(Flight::new().ok()?)));
        self.tools.replace(tools.clone());
        let run = self.run_tool.borrow().clone();
        let answer = match (run, tools) {
            (Some(run), Some(tools)) => run(&call, &tools.signal()),
            _ => Promise::reject(&JsValue::from_str("nobody runs this tool")),
        };
        let core = Rc::downgrade(self);
        spawn_local(async move {
            let answer = JsFuture::from(answer).await;
            let result = answer.map(|value| thrown::words(&value)).map_err(|thrown| thrown::words(&thrown));
            let Some(core) = core.upgrade() else { return };
            let result = result.as_deref().map_err(String::as_str);
            core.act(|session, now| session.handle(now, Input::ToolResult { turn, id: &call.id, result }));
        });
    }

    /// Arms the timer for the session's deadline, unless it is armed for an earlier moment: then it is armed again
    /// when that comes, which spares two calls into the runtime for each chunk of an answer.
    fn arm(self: &Rc<Self>) {
        let Some(deadline) = self.session.borrow().deadline() else {
            self.timer.take();
            return;
        };
        if self.timer.borrow().as_ref().is_some_and(|(armed, _)| *armed <= deadline) {
            return;
        }
        let core = Rc::downgrade(self);
        let wake = move || {
            if let Some(core) = Weak::upgrade(&core) {
                core.wake();
            }
        };
        let timer = clock::after(deadline.since(clock::now()), wake);
        self.timer.replace(Some((deadline, timer)));
    }

    fn wake(self: &Rc<Self>) {
        self.timer.take();
        let due = self.session.borrow().deadline().is_some_and(|deadline| deadline <= clock::now());
        if due {
            self.act(|session, now| session.handle(now, Input::Timeout));
        } else {
            self.arm();
        }
    }
}

/// Brings one request's facts to the session.
struct Pump<T> {
    core: Weak<Core<T>>,
    turn: TurnId,
    flight: Rc<Flight>,
}

/// A request of more bytes is handed to the runtime in a task of its own: writing it took as long as a task may.
const LONG: usize = 1 << 16;

/// Sends the request and tells what comes of it, until it is over or called off. Leaving drops the reply, which lets
/// go of the connection.
async fn pump<T: Transport>(pump: Pump<T>, transport: Rc<T>, request: Request) {
    let turn = pump.turn;
    if request.body.len() > LONG {
        clock::sleep(Millis(0)).await;
    }
    // Not cut short when called off: a late response must still be let go of.
    let mut incoming = match transport.open(&request, &pump.flight.signal()).await {
        Ok(incoming) => incoming,
        Err(loss) => return pump.lose(loss),
    };
    let (status, retry_after) = (incoming.status(), incoming.retry_after());
    pump.tell(Input::Head { turn, status, retry_after });
    while let Some(next) = pump.flight.during(incoming.bytes()).await {
        match next {
            Some(Ok(bytes)) => pump.tell(Input::Body { turn, bytes: &bytes }),
            Some(Err(loss)) => return pump.lose(loss),
            None => return pump.end(Input::End { turn }),
        }
    }
}

impl<T: Transport> Pump<T> {
    fn tell(&self, input: Input<'_>) {
        if self.flight.is_wanted()
            && let Some(core) = self.core.upgrade()
        {
            core.act(|session, now| session.handle(now, input));
        }
    }

    fn end(&self, input: Input<'_>) {
        if let Some(core) = self.core.upgrade() {
            core.land(self.turn);
        }
        self.tell(input);
    }

    fn lose(&self, loss: Loss) {
        if self.flight.is_wanted()
            && let Some(core) = self.core.upgrade()
        {
            core.cause.replace(loss.cause);
        }
        self.end(Input::Lost { turn: self.turn, why: loss.why });
    }
}
