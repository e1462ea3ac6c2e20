//! What the simulator knows: prepared answers, chosen by the words of a question.
//!
//! In: a question. Out: a page of Markdown, and in a sentence what it is about. Never: anything that was not written
//! beforehand.

use super::{question::Question, tongue::Tongue};

/// A prepared answer.
#[derive(Debug)]
pub(super) struct Topic {
    /// What it is called.
    pub(super) name: &'static str,
    /// Words that ask for it, in lower case, with spaces between. In a tie the topic that stands first is chosen.
    words: &'static str,
    /// What it says, in one sentence.
    pub(super) gist: &'static str,
    /// All that it says, in Markdown.
    pub(super) page: &'static str,
    /// Whether the page is a greeting, which is not introduced.
    pub(super) greets: bool,
}

const fn page(name: &'static str, words: &'static str, gist: &'static str, page: &'static str) -> Topic {
    Topic { name, words, gist, page, greets: false }
}

const fn greeting(name: &'static str, gist: &'static str, page: &'static str) -> Topic {
    Topic { name, words: "", gist, page, greets: true }
}

/// What can be asked about in English, the particular before the general.
static TOPICS: &[Topic] = &[
    page(
        "failures",
        "fault faults error errors fail fails failure failures retry broken break breaks \
         disconnect timeout network offline crash wrong misbehave",
        "It can fail on request, and what was shown is always kept.",
        include_str!("answers/faults.md"),
    ),
    page(
        "tokens and cost",
        "token tokens cost costs price prices pricing count counting cheap expensive money \
         pay cache cached usage bill dollar dollars",
        "A million tokens cost 0.28 dollars in, 0.028 from the cache, and 0.42 out.",
        include_str!("answers/tokens.md"),
    ),
    page(
        "Markdown",
        "markdown table tables list lists heading headings formatting render rendering bold \
         italic emoji",
        "Answers are Markdown, drawn as text and never run as HTML.",
        include_str!("answers/markdown.md"),
    ),
    page(
        "tools",
        "tool tools function functions calling call agent agents schema weather",
        "A tool is a function of yours that the model asks for; any that is offered is called.",
        include_str!("answers/tools.md"),
    ),
    page(
        "thinking",
        "think thinks thinking reason reasoning reasoner thought thoughts nothinking mode \
         modes",
        "One model has two modes, and in one of them its reasoning can be watched.",
        include_str!("answers/thinking.md"),
    ),
    page(
        "safety",
        "safe safety security secure xss injection privacy private csp innerhtml secret leak \
         leaks trust",
        "A model's answer is a stranger's text and is treated so.",
        include_str!("answers/safety.md"),
    ),
    page(
        "the edge function",
        "edge server deploy operator operators worker workers cloudflare deno bun node proxy \
         key keys budget host upstream",
        "The edge function holds the key, and cannot be used as an open proxy.",
        include_str!("answers/edge.md"),
    ),
    page(
        "the dialects",
        "dialect dialects messages completions openai anthropic endpoint curl protocol api \
         sse stream streaming request sdk models model",
        "It speaks Messages and Chat Completions, whichever the path asks for.",
        include_str!("answers/dialects.md"),
    ),
    page(
        "the element",
        "widget website site embed element html page script tag blog static bubble panel \
         theme",
        "One script tag and one element make a chat on any page.",
        include_str!("answers/page.md"),
    ),
    page(
        "the library",
        "npm javascript typescript js library package import developer developers rust crate \
         code program example wasm webassembly",
        "The npm package and the Rust crate are the same code: a conversation as a state machine.",
        include_str!("answers/library.md"),
    ),
    page(
        "sparse attention",
        "attention sparse dsa indexer architecture transformer context long",
        "An indexer chooses 2,048 earlier tokens, and attention looks only at those.",
        include_str!("answers/attention.md"),
    ),
    page(
        "the deep sea",
        "sea ocean deep depth trench fish zone poem poetry story verse joke name",
        "The hadal zone is the deepest part of the sea, from six to eleven kilometres down.",
        include_str!("answers/sea.md"),
    ),
    page(
        "Hadal",
        "hadal door doors feature features project product overview demo introduce",
        "Hadal is DeepSeek V3.2-Exp chat for any page, edge runtime and program, from one Rust crate.",
        include_str!("answers/hadal.md"),
    ),
];

/// The name of what it knows nothing about.
pub(super) const OTHER: &str = "something else";

static HELLO: Topic =
    greeting("a greeting", "Hello; this is the simulator.", include_str!("answers/hello.md"));
static THANKS: Topic = greeting("thanks", "You are welcome.", include_str!("answers/thanks.md"));
static COMMAND: Topic = greeting(
    "a command",
    "It begins with a slash, so it is a command and no question.",
    include_str!("answers/hello.md"),
);
static UNKNOWN: Topic =
    page(OTHER, "", "This is a simulator, which knows only about Hadal.", include_str!("answers/other.md"));
static CIAO: Topic =
    greeting("un saluto", "Ciao; questo è il simulatore.", include_str!("answers/it-hello.md"));
static ITALIAN: Topic = page(
    "Hadal",
    "",
    "Hadal è la chat di DeepSeek V3.2-Exp per pagine web, funzioni edge e programmi.",
    include_str!("answers/it-hadal.md"),
);
static NI_HAO: Topic = greeting("问候", "你好，这里是模拟器。", include_str!("answers/zh-hello.md"));
static CHINESE: Topic = page(
    "Hadal",
    "",
    "Hadal 把 DeepSeek V3.2-Exp 的对话带到任何网页、边缘运行时和程序。",
    include_str!("answers/zh-hadal.md"),
);
static MARHABA: Topic = greeting("تحية", "مرحباً، هذا هو المحاكي.", include_str!("answers/ar-hello.md"));
static ARABIC: Topic = page(
    "Hadal",
    "",
    "‏Hadal هو محادثة DeepSeek V3.2-Exp لأي صفحة أو خادم طرفي أو برنامج.",
    include_str!("answers/ar-hadal.md"),
);

/// The topic that a question is about.
pub(super) fn choose(question: &Question, tongue: Tongue) -> &'static Topic {
    if question.text.starts_with('/') && !question.text.starts_with("/fault") {
        return &COMMAND;
    }
    let greets = question.length() <= 6
        && tongue
            .greetings()
            .split(' ')
            .any(|word| question.has(word) || (!word.is_ascii() && question.text.contains(word)));
    match tongue {
        Tongue::Italian => return if greets { &CIAO } else { &ITALIAN },
        Tongue::Chinese => return if greets { &NI_HAO } else { &CHINESE },
        Tongue::Arabic => return if greets { &MARHABA } else { &ARABIC },
        Tongue::English => {}
    }
    let score = |topic: &Topic| question.shares(topic.words);
    // `max_by_key` keeps the last of equals, so the row is walked backwards.
    match TOPICS.iter().rev().max_by_key(|topic| score(topic)) {
        Some(topic) if score(topic) > 0 => topic,
        _ if greets || question.text.is_empty() => &HELLO,
        _ if question.shares("thanks thank bye goodbye cheers") > 0 => &THANKS,
        _ if question.shares("help who you start commands") > 0 && question.length() <= 6 => &HELLO,
        _ => &UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> &'static str {
        let question = Question::new(text);
        choose(&question, Tongue::of(&question)).name
    }

    #[test]
    fn questions_find_their_topics() {
        for (text, topic) in [
            ("What is Hadal?", "Hadal"),
            ("How much does a token cost?", "tokens and cost"),
            ("What happens when the network breaks?", "failures"),
            ("How do tools work?", "tools"),
            ("Can I watch it think?", "thinking"),
            ("Which API does it speak?", "the dialects"),
            ("Is my API key safe with the edge proxy?", "the edge function"),
            ("show me a table", "Markdown"),
            ("Put it on my website", "the element"),
            ("How do I use it from TypeScript?", "the library"),
            ("Explain sparse attention", "sparse attention"),
            ("Tell me a poem about the ocean", "the deep sea"),
            ("Hi!", "a greeting"),
            ("who are you", "a greeting"),
            ("", "a greeting"),
            ("thank you", "thanks"),
            ("How old is the universe?", "something else"),
            ("ciao", "un saluto"),
            ("你好！", "问候"),
            ("مرحباً", "تحية"),
            ("Hadal 是什么？", "Hadal"),
        ] {
            assert_eq!(asked(text), topic, "{text}");
        }
    }

    #[test]
    fn every_page_shows_what_an_answer_can_look_like() {
        let all =
            TOPICS.iter().chain([&HELLO, &UNKNOWN, &CIAO, &ITALIAN, &NI_HAO, &CHINESE, &MARHABA, &ARABIC]);
        for topic in all {
            let (name, page) = (topic.name, topic.page);
            assert!(page.starts_with("## "), "{name}: heading");
            assert!(page.contains("**"), "{name}: bold");
            assert!(page.contains("\n```"), "{name}: fence");
            assert!(page.replace("```", "").contains('`'), "{name}: code");
            assert!(page.contains("\n| ---") || page.contains("\n| :---"), "{name}: table");
            assert!(page.contains("\n- ") || page.contains("\n1. "), "{name}: list");
            assert!(page.contains("](https://"), "{name}: link");
            assert!(!topic.gist.is_empty());
        }
    }
}
