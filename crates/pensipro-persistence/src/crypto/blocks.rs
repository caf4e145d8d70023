//! Long files, sealed block by block: neither writing nor reading one needs more memory than a block.

use std::{fmt, sync::Arc};

use pensipro_kernel::{Entropy, StorageError};

use super::SealingKey;

/// Seals the blocks of files that belong to no member, with the installation's data key. It needs
/// no connection.
#[derive(Clone)]
pub struct BlockKey {
    key: Arc<SealingKey>,
    entropy: Arc<dyn Entropy>,
}

/// Whether a file goes on after a block. It is bound to the block, so that a file that was cut off
/// does not read as a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// Another block follows.
    Inner,
    /// It is the file's last.
    Last,
}

impl BlockKey {
    pub(crate) fn new(key: Arc<SealingKey>, entropy: Arc<dyn Entropy>) -> Self {
        Self { key, entropy }
    }

    /// Bytes that a sealed block is longer than the plain one.
    pub const OVERHEAD: usize = SealingKey::OVERHEAD;

    /// A block, sealed for its place: the file, its number in the file, and its kind.
    pub fn seal(&self, file: &str, number: u64, kind: BlockKind, plain: &[u8]) -> Vec<u8> {
        self.key.seal(self.entropy.as_ref(), &place(file, number, kind), plain)
    }

    /// What was sealed for this place; an error when it was altered, moved, or sealed for another.
    pub fn open(
        &self,
        file: &str,
        number: u64,
        kind: BlockKind,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StorageError> {
        self.key.open(&place(file, number, kind), sealed)
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlockKey(…)")
    }
}

fn place(file: &str, number: u64, kind: BlockKind) -> String {
    let kind = match kind {
        BlockKind::Inner => "inner",
        BlockKind::Last => "last",
    };
    format!("file {file} block {number} {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::sealing::KEY_LEN, testing::SystemEntropy};

    #[test]
    fn a_block_opens_in_its_place_alone() {
        let key = BlockKey::new(Arc::new(SealingKey::new(&[1; KEY_LEN])), Arc::new(SystemEntropy));
        let sealed = key.seal("spool/ab", 3, BlockKind::Inner, b"PC-2026-10-000021");
        let open = |file: &str, number, kind| key.open(file, number, kind, &sealed).ok();
        assert_eq!(
            open("spool/ab", 3, BlockKind::Inner).as_deref(),
            Some(&b"PC-2026-10-000021"[..])
        );
        assert_eq!(sealed.len(), b"PC-2026-10-000021".len() + BlockKey::OVERHEAD);
        assert_eq!(open("spool/ac", 3, BlockKind::Inner), None);
        assert_eq!(open("spool/ab", 4, BlockKind::Inner), None);
        assert_eq!(open("spool/ab", 3, BlockKind::Last), None);
    }
}
