//! Arguments for a tool: JSON that fits its schema, filled from the question where the question says something.
//!
//! In: a JSON Schema and a question. Out: a value. Never: more than [`MOST`] values, whatever the schema refers to;
//! a pattern, a rare format or a contradiction may be missed, as a model may miss them.

use std::collections::VecDeque;

use serde_json::{Map, Number, Value, json};

use super::question::Question;

/// Most values of one set of arguments, and the deepest nesting.
const MOST: u32 = 500;
const DEEPEST: u32 = 24;
/// The longest text that is made up to reach a `minLength`.
const LONGEST: u64 = 4096;

/// What a question offers as arguments, taken one after the other, also by several calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Finds {
    text: String,
    /// Quotations, and after them names.
    names: VecDeque<String>,
    last: Option<String>,
    numbers: VecDeque<f64>,
}

impl Finds {
    /// All that can be found in a question.
    pub(super) fn of(question: &Question) -> Self {
        let quoted = question.quotations().into_iter().map(str::to_owned);
        Self {
            text: question.text.clone(),
            names: quoted.chain(question.names()).collect(),
            last: None,
            numbers: question.numbers().into(),
        }
    }

    /// The next name, and the last one again when there are no more.
    fn name(&mut self) -> Option<String> {
        if let Some(name) = self.names.pop_front() {
            self.last = Some(name);
        }
        self.last.clone()
    }
}

/// Arguments for the schema `parameters` (JSON text).
pub(super) fn fill(parameters: &str, question: &Question, finds: &mut Finds) -> Value {
    let root: Value = serde_json::from_str(parameters).unwrap_or(Value::Null);
    let mut filler = Filler { root: &root, question, finds, left: MOST };
    match filler.value(&root, "", 0) {
        arguments @ Value::Object(_) => arguments,
        _ => json!({}),
    }
}

struct Filler<'a> {
    root: &'a Value,
    question: &'a Question,
    finds: &'a mut Finds,
    /// How many more values may be made.
    left: u32,
}

impl<'a> Filler<'a> {
    /// A value for a schema, `name` being the property that it is for.
    fn value(&mut self, schema: &'a Value, name: &str, depth: u32) -> Value {
        let Some(left) = self.left.checked_sub(1).filter(|_| depth < DEEPEST) else { return Value::Null };
        self.left = left;
        let Value::Object(rules) = schema else { return Value::Null };
        if let Some(target) = rules.get("$ref").and_then(Value::as_str) {
            return match target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
                Some(schema) => self.value(schema, name, depth + 1),
                None => Value::Null,
            };
        }
        if let Some(value) = rules.get("const") {
            return value.clone();
        }
        if let Some(choices) = rules.get("enum").and_then(Value::as_array) {
            return self.choice(choices);
        }
        for any in ["anyOf", "oneOf"] {
            if let Some(ways) = rules.get(any).and_then(Value::as_array) {
                let first = ways.iter().find(|way| !is_null(way)).or_else(|| ways.first());
                return first.map_or(Value::Null, |way| self.value(way, name, depth + 1));
            }
        }
        if let Some(all) = rules.get("allOf").and_then(Value::as_array) {
            return self.all(rules, all, name, depth);
        }
        match kind(rules) {
            "object" => self.object(rules, depth),
            "array" => self.array(rules, name, depth),
            "string" => Value::String(self.string(rules, name)),
            "integer" => self.number(rules, true),
            "number" => self.number(rules, false),
            "boolean" => Value::Bool(true),
            _ => Value::Null,
        }
    }

    /// The choice that the question names, else the first.
    fn choice(&self, choices: &[Value]) -> Value {
        let text = self.question.text.to_lowercase();
        let named = |choice: &&Value| {
            choice.as_str().is_some_and(|word| !word.is_empty() && text.contains(&word.to_lowercase()))
        };
        choices.iter().find(named).or_else(|| choices.first()).cloned().unwrap_or_default()
    }

    /// What fits all of several schemas, as far as they are objects.
    fn all(&mut self, own: &'a Map<String, Value>, all: &'a [Value], name: &str, depth: u32) -> Value {
        let mut sum = Map::new();
        if own.contains_key("properties") {
            sum.extend(into_object(self.object(own, depth)));
        }
        let mut last = Value::Null;
        for schema in all {
            match self.value(schema, name, depth + 1) {
                Value::Object(part) => sum.extend(part),
                other => last = other,
            }
        }
        if sum.is_empty() && !last.is_null() { last } else { Value::Object(sum) }
    }

    /// The required properties, those that the question speaks of, and on the top level all when none is required.
    fn object(&mut self, rules: &'a Map<String, Value>, depth: u32) -> Value {
        let required: Vec<&str> = rules
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let properties = rules.get("properties").and_then(Value::as_object);
        let mut object = Map::new();
        for (name, schema) in properties.into_iter().flatten() {
            let wanted = required.contains(&name.as_str())
                || (depth == 0 && (required.is_empty() || self.speaks_of(name, schema)));
            if wanted && self.left > 0 {
                let value = self.value(schema, name, depth + 1);
                object.insert(name.clone(), value);
            }
        }
        for name in required {
            if !object.contains_key(name) {
                let value = match rules.get("additionalProperties") {
                    Some(schema @ Value::Object(_)) => self.value(schema, name, depth + 1),
                    _ => Value::String(self.string(&Map::new(), name)),
                };
                object.insert(name.to_owned(), value);
            }
        }
        Value::Object(object)
    }

    /// Whether the question names the property or one of its choices.
    fn speaks_of(&self, name: &str, schema: &Value) -> bool {
        let choices = schema.get("enum").and_then(Value::as_array);
        self.question.has(&name.to_lowercase())
            || choices.into_iter().flatten().filter_map(Value::as_str).any(|choice| self.question.has(choice))
    }

    fn array(&mut self, rules: &'a Map<String, Value>, name: &str, depth: u32) -> Value {
        let first = rules.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let rest = rules.get("items").filter(|items| items.is_object());
        let bound = |name| rules.get(name).and_then(Value::as_u64);
        let most = bound("maxItems").unwrap_or(u64::MAX);
        let least = bound("minItems").unwrap_or(0);
        let found = match rest.and_then(Value::as_object).map(kind) {
            Some("string") if rest.is_none_or(|items| items.get("enum").is_none()) => self.finds.names.len(),
            Some("number" | "integer") => self.finds.numbers.len(),
            _ => 0,
        };
        // One example says more than none.
        let wanted =
            least.max(1).max(first.len() as u64).max(found as u64).min(most).min(u64::from(self.left));
        let schemas = first.iter().map(Some).chain(std::iter::repeat(rest));
        let unique = rules.get("uniqueItems") == Some(&Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for (_, schema) in (0..wanted).zip(schemas) {
            let Some(schema) = schema else { break };
            let mut item = self.value(schema, name, depth + 1);
            if unique && items.contains(&item) {
                item = other_than(&items, schema, item);
            }
            items.push(item);
        }
        Value::Array(items)
    }

    fn string(&mut self, rules: &Map<String, Value>, name: &str) -> String {
        if let Some(example) = rules.get("format").and_then(Value::as_str).and_then(example) {
            return example.to_owned();
        }
        let bound = |name| rules.get(name).and_then(Value::as_u64);
        let most = bound("maxLength").unwrap_or(u64::MAX);
        let mut text: String =
            self.words_for(name).chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect();
        let missing =
            bound("minLength").unwrap_or(0).min(LONGEST).saturating_sub(text.chars().count() as u64);
        text.extend(std::iter::repeat_n('x', usize::try_from(missing).unwrap_or(0)));
        text
    }

    /// What the question says that could be meant by a property of this name.
    fn words_for(&mut self, name: &str) -> String {
        let name = name.to_lowercase();
        let speaks = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let whole = ["query", "question", "text", "message", "prompt", "input", "search", "content"];
        if name == "q" || speaks(&whole) {
            return self.finds.text.clone();
        }
        if speaks(&["date"]) {
            return "2025-09-29".to_owned();
        }
        match self.finds.name() {
            Some(name) => name,
            None if speaks(&["city", "place", "location"]) => "Rome".to_owned(),
            None => "example".to_owned(),
        }
    }

    /// The question's next number, else 1, moved into the range.
    fn number(&mut self, rules: &Map<String, Value>, whole: bool) -> Value {
        let bound = |name| rules.get(name).and_then(Value::as_f64);
        let found = self.finds.numbers.pop_front().unwrap_or(1.0);
        let number = if whole {
            let least = bound("minimum")
                .map(f64::ceil)
                .or(bound("exclusiveMinimum").map(|least| least.floor() + 1.0));
            let most =
                bound("maximum").map(f64::floor).or(bound("exclusiveMaximum").map(|most| most.ceil() - 1.0));
            found.round().min(most.unwrap_or(f64::INFINITY)).max(least.unwrap_or(f64::NEG_INFINITY))
        } else {
            let least = bound("minimum").or(bound("exclusiveMinimum"));
            let most = bound("maximum").or(bound("exclusiveMaximum"));
            match (least, most) {
                (Some(least), _) if found > least && most.is_none_or(|most| found < most) => found,
                (None, most) if most.is_none_or(|most| found < most) => found,
                (Some(least), Some(most)) => f64::midpoint(least, most),
                (Some(least), None) => least + 1.0,
                (None, most) => most.unwrap_or(found) - 1.0,
            }
        };
        let number = match bound("multipleOf").filter(|step| *step > 0.0) {
            Some(step) => {
                let most = bound("maximum").or(bound("exclusiveMaximum")).unwrap_or(f64::INFINITY);
                let above = (number / step).ceil() * step;
                if above > most { above - step } else { above }
            }
            None => number,
        };
        if whole && number.abs() < 9.0e15 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number within 2^53")]
            return Value::from(number as i64);
        }
        Number::from_f64(number).map_or(Value::from(1), Value::Number)
    }
}

/// The type that a schema asks for; what has properties or items says so without.
fn kind(rules: &Map<String, Value>) -> &str {
    match rules.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if rules.contains_key("properties") || rules.contains_key("required") => "object",
        _ if rules.contains_key("items") || rules.contains_key("prefixItems") => "array",
        _ if rules.contains_key("minimum") || rules.contains_key("maximum") => "number",
        _ => "string",
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

fn into_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A value like `item` that is not among `items`: another choice, a longer text, a greater number.
fn other_than(items: &[Value], schema: &Value, item: Value) -> Value {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choices.iter().find(|choice| !items.contains(choice)).cloned().unwrap_or(item);
    }
    match item {
        Value::String(text) => Value::String(format!("{text} {}", items.len() + 1)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number.saturating_add(i64::try_from(items.len()).unwrap_or(0))),
            None => json!(number.as_f64().unwrap_or(0.0) + 1.0),
        },
        Value::Bool(value) => Value::Bool(!value),
        other => other,
    }
}

/// A text of a format.
fn example(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2025-09-29",
        "time" => "12:30:00Z",
        "date-time" => "2025-09-29T12:30:00Z",
        "duration" => "PT1H",
        "email" | "idn-email" => "somebody@example.com",
        "hostname" | "idn-hostname" => "www.example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "uri-reference" | "iri" | "url" => "https://www.example.com/",
        "uuid" => "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d",
        _ => return None,
    })
}
