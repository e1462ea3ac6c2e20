//! What the simulator "thinks" before it answers: a few plausible sentences about the question.
//!
//! In: a question, its topic and language, the seed's choices. Out: text. Never: the answer itself.

use super::{chance::Chance, question::Question, tongue::Tongue, topic::Topic};

/// Reasoning of six to eight sentences.
pub(super) fn about(
    question: &Question,
    topic: &Topic,
    tongue: Tongue,
    turn: usize,
    chance: &mut Chance,
) -> String {
    let echo = question.echo();
    match tongue {
        Tongue::English => english(&echo, question, topic, turn, chance),
        Tongue::Italian => format!(
            "L'utente scrive: “{echo}”. Scrive in italiano, quindi rispondo in italiano. L'argomento sembra essere: {}. \
             Sono il simulatore, perciò devo dire la verità: conosco Hadal e poco altro. {} \
             Una tabella aiuta a vedere tutto insieme, e un esempio di codice vale più di molte parole. \
             Meglio essere breve e lasciare una cosa da provare.",
            topic.name, topic.gist,
        ),
        Tongue::Chinese => format!(
            "用户写道：“{echo}”。用户用中文提问，所以我也用中文回答。这个问题大概是关于{}的。\
             我只是内置的模拟器，应该如实说明：我了解 Hadal，别的知道得不多。{}\
             用一张表格可以一目了然，再给一小段代码就更清楚了。最后留一个可以马上尝试的命令，不要写得太长。\
             让我先想好结构：标题、简介、表格、代码、要点，然后就可以开始回答了。",
            topic.name, topic.gist,
        ),
        Tongue::Arabic => format!(
            "كتب المستخدم: «{echo}». السؤال بالعربية، فسأجيب بالعربية. يبدو أن الموضوع هو: {}. \
             أنا المحاكي المدمج، ويجب أن أكون صادقاً: أعرف Hadal وقليلاً غيره. {} \
             الجدول يوضح الأمور دفعة واحدة، ومثال قصير من الشيفرة يفيد أكثر من الكلام الكثير. \
             سأختم بشيء يمكن تجربته، وسأبقي الإجابة قصيرة.",
            topic.name, topic.gist,
        ),
    }
}

fn english(echo: &str, question: &Question, topic: &Topic, turn: usize, chance: &mut Chance) -> String {
    if topic.greets {
        return format!(
            "The user writes: “{echo}”. That is {}, so there is no question to answer yet. {} I should say who I am, \
             though, and that I am no real model, so that nobody expects too much. A few questions that I can answer well \
             are the best help, and a table of what can be typed. Not too long: they want to begin.",
            topic.name, topic.gist,
        );
    }
    let mut thoughts = vec![if echo.is_empty() {
        "The message is empty, so there is nothing to go by but good manners.".to_owned()
    } else {
        format!("The user asks: “{echo}”{}", if echo.ends_with(['?', '!', '.', '…']) { "" } else { "." })
    }];
    if turn > 1 {
        thoughts.push(format!(
            "This is question {turn} of our conversation, so I need not introduce myself again."
        ));
    }
    thoughts.push(format!(
        "{} {}.",
        chance.pick(&[
            "Going by the words, this is about",
            "Let me see what they are after: it looks like",
            "Of the things that I know, the nearest is",
        ]),
        topic.name,
    ));
    thoughts.push(topic.gist.to_owned());
    thoughts.push(
        match question.length() {
            0..=3 => "It is a short question, but a short answer would leave the interesting part out.",
            4..=15 => {
                "It is a plain question and deserves a plain answer, with an example that can be copied."
            }
            _ => "There is a lot in this question; I should pick out what matters and leave the rest.",
        }
        .to_owned(),
    );
    thoughts.push(
        chance
            .pick(&[
                "Hmm, should I begin with the definition or with the example? The definition first, then something to run.",
                "Wait, I am a simulator and must not pretend to know more than was written into me. I will say so where it matters.",
                "Let me think about the shape: a heading, a paragraph, then a table, because the facts come in pairs.",
            ])
            .to_owned(),
    );
    thoughts.push(
        chance
            .pick(&[
                "A table will make the comparison easy to read, and a code block shows the real thing.",
                "I should keep names exact and put them in code style, so that they can be copied.",
                "Numbers should be real ones, with their units, or left out.",
            ])
            .to_owned(),
    );
    thoughts.push(
        "At the end a link for those who want to read on. That should do; I can answer now.".to_owned(),
    );
    thoughts.join(" ")
}
