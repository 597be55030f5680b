//! From an arrangement to the tiles on screen, and back after a user has moved them.

use egui::Id;
use egui_tiles::{Container, ContainerKind, LinearDir, Tile, TileId, Tiles, Tree};

use crate::session::{Arrangement, Direction, Pane};

/// The tiles of an arrangement.
pub fn tree(arrangement: &Arrangement) -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let root = plant(arrangement, &mut tiles);
    Tree::new(Id::unique("views"), root, tiles)
}

fn plant(arrangement: &Arrangement, tiles: &mut Tiles<Pane>) -> TileId {
    match arrangement {
        Arrangement::Pane(pane) => tiles.insert_pane(*pane),
        Arrangement::Tabs { children, active } => {
            let children: Vec<TileId> = children.iter().map(|child| plant(child, tiles)).collect();
            let mut tabs = egui_tiles::Tabs::new(children.clone());
            tabs.active = children.get(*active).copied();
            tiles.insert_container(tabs)
        }
        Arrangement::Split { direction, children, shares } => {
            let children: Vec<TileId> = children.iter().map(|child| plant(child, tiles)).collect();
            let dir = match direction {
                Direction::Row => LinearDir::Horizontal,
                Direction::Column => LinearDir::Vertical,
                Direction::Grid => return tiles.insert_grid_tile(children),
            };
            let mut linear = egui_tiles::Linear::new(dir, children.clone());
            for (child, share) in children.iter().zip(shares) {
                linear.shares.set_share(*child, *share);
            }
            tiles.insert_container(linear)
        }
    }
}

/// The arrangement of tiles.
pub fn arrangement(tree: &Tree<Pane>) -> Arrangement {
    let root = tree.root().and_then(|root| harvest(&tree.tiles, root));
    root.unwrap_or_default().mended()
}

fn harvest(tiles: &Tiles<Pane>, id: TileId) -> Option<Arrangement> {
    let container = match tiles.get(id)? {
        Tile::Pane(pane) => return Some(Arrangement::Pane(*pane)),
        Tile::Container(container) => container,
    };
    let all = |ids: &mut dyn Iterator<Item = &TileId>| -> Vec<Arrangement> {
        ids.filter_map(|child| harvest(tiles, *child)).collect()
    };
    let children = all(&mut container.children());
    let direction = match container.kind() {
        ContainerKind::Tabs => {
            let front = |tabs: &egui_tiles::Tabs| {
                tabs.children.iter().position(|child| Some(*child) == tabs.active)
            };
            let active = match container {
                Container::Tabs(tabs) => front(tabs).unwrap_or(0),
                _ => 0,
            };
            return Some(Arrangement::Tabs { children, active });
        }
        ContainerKind::Horizontal => Direction::Row,
        ContainerKind::Vertical => Direction::Column,
        ContainerKind::Grid => Direction::Grid,
    };
    let shares = match container {
        Container::Linear(linear) => {
            linear.children.iter().map(|child| linear.shares[*child]).collect()
        }
        _ => vec![1.0; children.len()],
    };
    Some(Arrangement::Split { direction, children, shares })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_what_was_arranged() {
        let mut stacked = Arrangement::default();
        Pane::VIEWS.into_iter().for_each(|pane| stacked.open(pane));
        stacked.open(Pane::Theory);
        let mut shared = stacked.side_by_side();
        if let Arrangement::Split { shares, .. } = &mut shared {
            *shares = vec![0.5, 1.5];
        }
        let column = Arrangement::Split {
            direction: Direction::Column,
            children: vec![shared.clone(), Arrangement::Pane(Pane::Curves)],
            shares: vec![1.0, 1.0],
        };
        for arranged in
            [Arrangement::default(), stacked.gridded(), stacked, shared, column.mended()]
        {
            assert_eq!(arrangement(&tree(&arranged)), arranged);
        }
    }
}
