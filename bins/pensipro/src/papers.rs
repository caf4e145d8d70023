//! Papers as files: written when they are asked for, and noted as read.

use pensipro_adapters::write_pdf;
use pensipro_flows::Paper;
use pensipro_kernel::Actor;

use crate::{
    App,
    http::{Attachment, FileFormat, Problem},
};

impl App {
    /// A paper as a PDF, saved under its kind and number. That somebody was shown it is noted under
    /// `action`.
    pub(crate) async fn paper(
        &self,
        by: &Actor,
        (kind, action): (&str, &'static str),
        paper: Paper,
    ) -> Result<Attachment, Problem> {
        let Paper { document, member_id, number } = paper;
        self.note_reading(by, member_id, action).await?;
        let file_name = format!("{kind}-{number}.pdf");
        let content_type = FileFormat::Pdf.content_type();
        Ok(Attachment { content_type, file_name, bytes: write_pdf(&document) })
    }
}
