//! The packs as they travel: gzip, which `DecompressionStream` unfolds everywhere and no server has to know of.
//!
//! In: `target/vocabulary/*.pack`. Out: `target/vocabulary/zipped/` under the names that pages and programs ask for. Never: a time or a name in the
//! file, so that the same pack always has the same bytes.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};

use crate::{
    failure::{OrFail as _, Outcome},
    project::Project,
};

/// Zips each pack.
pub(super) fn zip(project: &Project) -> Outcome {
    let from = project.vocabulary();
    let folder = project.zipped();
    fs::create_dir_all(&folder).or_fail("cannot make target/vocabulary/zipped")?;
    for name in ["counts.pack", "ids.pack"] {
        let bytes = fs::read(from.join(name)).or_fail(format!("cannot read {name}"))?;
        let mut zip = GzEncoder::new(Vec::new(), Compression::best());
        zip.write_all(&bytes).or_fail(format!("cannot zip {name}"))?;
        let zipped = zip.finish().or_fail(format!("cannot zip {name}"))?;
        fs::write(folder.join(name), zipped).or_fail(format!("cannot write zipped/{name}"))?;
    }
    Ok(())
}
