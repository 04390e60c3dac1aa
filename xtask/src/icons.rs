//! `icons`: the drawings in www/icons/src as PNGs of every size a toolbar asks for.

use std::fs;

use anyhow::Context as _;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::workspace::{Workspace, files_below};

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    for drawing in files_below(&workspace.path("www/icons/src"))? {
        let name = drawing.file_stem().context("a drawing without a name")?.to_string_lossy();
        let tree = Tree::from_data(&fs::read(&drawing)?, &Options::default())
            .with_context(|| format!("{} is not valid SVG", drawing.display()))?;
        for (pixels, side) in SIZES {
            let mut picture = Pixmap::new(*pixels, *pixels).context("a picture without area")?;
            let scale = Transform::from_scale(side / tree.size().width(), side / tree.size().height());
            resvg::render(&tree, scale, &mut picture.as_mut());
            picture.save_png(workspace.path(&format!("www/icons/{name}-{pixels}.png")))?;
        }
        println!("drew {name}");
    }
    Ok(())
}

/// 16 and 32 for toolbars (once and twice the density), 48 for the list of extensions, 128 for
/// installing. The same number twice: pixels are counted in whole numbers, drawings scaled in reals.
const SIZES: &[(u32, f32)] = &[(16, 16.0), (32, 32.0), (48, 48.0), (128, 128.0)];
