//! What the members module needs from storage.

use std::collections::HashMap;

use pensipro_kernel::{
    BankAccountId, BranchId, ConsentTextId, ContactId, FieldFault, IntakeId, MemberId, Page,
    PageRequest, SalesId, Scope, StorageError, UserId, Version, codes, optional_text,
};

use crate::{
    AccountDetails, BankAccount, Consent, ConsentChannel, ConsentText, Contact, ContactDetails,
    ContactKind, DocumentKind, FileKey, Holding, Intake, IntakeStatus, Member, MemberDetails,
    MemberDocument, MemberStatus, NewConsentText, NewIntake, Nik, NoPensiun, Obligations, Payer,
    Sha256, StoredFile, StoredVerdict, VerdictKind,
};

codes! {
    /// The order of a list of members.
    #[derive(Default)]
    pub enum MemberSort {
        /// By name.
        Name = "name",
        /// By name, backwards.
        NameDescending = "-name",
        /// Oldest first.
        CreatedAt = "created_at",
        /// Newest first.
        #[default]
        CreatedAtDescending = "-created_at",
    }
}

/// Which members a list holds; every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberFilter {
    /// Exactly this NIK.
    pub nik: Option<Nik>,
    /// Exactly this pension number.
    pub no_pensiun: Option<NoPensiun>,
    /// Of this status.
    pub status: Option<MemberStatus>,
    /// Paid by this payer.
    pub payer: Option<Payer>,
    /// Of this branch.
    pub branch_id: Option<BranchId>,
    /// Of this sales person.
    pub sales_id: Option<SalesId>,
    /// Of this pay office, exactly.
    pub pay_office: Option<String>,
    /// Whose name holds every word of this text, as a part of it; see [`name_query`].
    pub q: Option<String>,
    /// The order.
    pub sort: MemberSort,
}

/// Reads a text to search names for. One word of it has three characters or more: no index finds
/// shorter ones, and a walk through a million names takes seconds.
pub fn name_query(field: &str, text: Option<&str>) -> Result<Option<String>, FieldFault> {
    const LEAST: usize = 3;
    let text = optional_text(field, text, 100)?;
    let is_long = |word: &str| word.chars().count() >= LEAST;
    match &text {
        Some(words) if !words.split_whitespace().any(is_long) => {
            let message = format!("has a word of at least {LEAST} characters");
            Err(FieldFault::new(field, "too_short", message))
        }
        _ => Ok(text),
    }
}

/// The member, deleted ones included, who holds an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHolder {
    /// The member.
    pub id: MemberId,
    /// His branch, for the caller's scope.
    pub branch_id: Option<BranchId>,
    /// Whether he was deleted; the identifier stays taken.
    pub presence: Presence,
}

/// Whether a member is there to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// He is.
    Present,
    /// He was deleted.
    Deleted,
}

/// The members, deleted ones included, who hold identifiers, by the identifier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holders {
    /// By NIK.
    pub nik: HashMap<Nik, KeyHolder>,
    /// By pension number.
    pub no_pensiun: HashMap<NoPensiun, KeyHolder>,
}

/// Who is registered, and who is added to them.
pub trait MemberRegistry {
    /// Who holds these identifiers, whatever the scope. Two queries, however many are asked for.
    fn holders(&mut self, niks: &[Nik], numbers: &[NoPensiun]) -> Result<Holders, StorageError>;

    /// Inserts active members, each with a key of his own, and gives them in their order.
    /// [`StorageError::Duplicate`] names a constraint that holds `nik` or `no_pensiun`. Three round
    /// trips on PostgreSQL, however many there are.
    fn add_members(
        &mut self,
        details: Vec<MemberDetails>,
        by: Option<UserId>,
    ) -> Result<Vec<Member>, StorageError>;

    /// Inserts one.
    fn add_member(
        &mut self,
        details: &MemberDetails,
        by: Option<UserId>,
    ) -> Result<Member, StorageError> {
        let added = self.add_members(vec![details.clone()], by)?.pop();
        added.ok_or_else(|| StorageError::Failed("one member was added and none is there".into()))
    }
}

/// Members. Deleted ones are not there.
pub trait MemberRepository {
    /// A member within the scope.
    fn member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError>;
    /// The same, locked until the transaction ends.
    fn lock_member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError>;
    /// A page of the members within the scope.
    fn members(
        &mut self,
        filter: &MemberFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Member>, StorageError>;
    /// Saves details and standing over the version read; gives the new version.
    fn save_member(&mut self, member: &Member) -> Result<Version, StorageError>;
    /// Marks the member deleted, over the version read.
    fn delete_member(&mut self, member: &Member) -> Result<(), StorageError>;
    /// What the member has running.
    fn obligations(&mut self, id: MemberId) -> Result<Obligations, StorageError>;
}

/// A member's contacts. The caller has locked the member before he changes any.
pub trait ContactRepository {
    /// All of a member's, oldest first.
    fn contacts(&mut self, member: MemberId) -> Result<Vec<Contact>, StorageError>;
    /// Inserts one that is not primary.
    fn add_contact(
        &mut self,
        member: MemberId,
        details: &ContactDetails,
        by: Option<UserId>,
    ) -> Result<Contact, StorageError>;
    /// Inserts one for each of these members, who have none yet: their primary ones. Two statements,
    /// however many there are.
    fn add_first_contacts(
        &mut self,
        new: Vec<(MemberId, ContactDetails)>,
        by: Option<UserId>,
    ) -> Result<(), StorageError>;
    /// Saves the details over the version read; gives the new version.
    fn save_contact(&mut self, contact: &Contact) -> Result<Version, StorageError>;
    /// Makes it the only primary contact of its kind. Raises the version of every contact that it
    /// changes.
    fn set_primary_contact(
        &mut self,
        member: MemberId,
        kind: ContactKind,
        contact: ContactId,
    ) -> Result<(), StorageError>;
    /// Removes it.
    fn delete_contact(&mut self, contact: ContactId) -> Result<(), StorageError>;
}

/// A member's bank accounts. The caller has locked the member before he changes any.
pub trait BankAccountRepository {
    /// All of a member's, oldest first.
    fn bank_accounts(&mut self, member: MemberId) -> Result<Vec<BankAccount>, StorageError>;
    /// Inserts one that is not the default.
    fn add_bank_account(
        &mut self,
        member: MemberId,
        details: &AccountDetails,
        by: Option<UserId>,
    ) -> Result<BankAccount, StorageError>;
    /// Inserts one for each of these members, who have none yet: their default ones. Gives the ids in
    /// their order. Two statements, however many there are.
    fn add_first_accounts(
        &mut self,
        new: Vec<(MemberId, AccountDetails)>,
        by: Option<UserId>,
    ) -> Result<Vec<BankAccountId>, StorageError>;
    /// Makes it the member's only default account.
    fn set_default_account(
        &mut self,
        member: MemberId,
        account: BankAccountId,
    ) -> Result<(), StorageError>;
}

/// Texts that members consent to, and their consents.
pub trait ConsentRepository {
    /// Inserts a version of a text. [`StorageError::Duplicate`] when somebody else was faster.
    fn add_consent_text(
        &mut self,
        new: &NewConsentText,
        version: i32,
        sha256: Sha256,
        by: Option<UserId>,
    ) -> Result<ConsentText, StorageError>;
    /// The latest version of a text.
    fn latest_consent_text(&mut self, code: &str) -> Result<Option<ConsentText>, StorageError>;
    /// A version of a text.
    fn consent_text(&mut self, id: ConsentTextId) -> Result<Option<ConsentText>, StorageError>;
    /// A page of the versions of a text, or of all texts, newest first.
    fn consent_texts(
        &mut self,
        code: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<ConsentText>, StorageError>;
    /// All consents of a member, oldest first.
    fn consents(&mut self, member: MemberId) -> Result<Vec<Consent>, StorageError>;
    /// Inserts one, taken now. The caller has locked the member.
    fn add_consent(
        &mut self,
        member: MemberId,
        text: &ConsentText,
        channel: ConsentChannel,
        by: Option<UserId>,
    ) -> Result<Consent, StorageError>;
    /// Saves how a consent ended.
    fn save_withdrawal(&mut self, consent: &Consent) -> Result<(), StorageError>;
}

/// A member's documents.
pub trait MemberDocumentRepository {
    /// All of a member's, oldest first.
    fn member_documents(&mut self, member: MemberId) -> Result<Vec<MemberDocument>, StorageError>;
    /// Inserts one that waits for verification.
    fn add_member_document(
        &mut self,
        member: MemberId,
        kind: DocumentKind,
        file: &StoredFile,
        by: Option<UserId>,
    ) -> Result<MemberDocument, StorageError>;
    /// Saves the review.
    fn save_document_review(&mut self, document: &MemberDocument) -> Result<(), StorageError>;
}

/// What is held of members across all tables, deleted ones included.
pub trait PersonalDataRepository {
    /// A member within the scope who was not anonymised.
    fn held_member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError>;
    /// What is held of a member within the scope, locked until the transaction ends.
    fn lock_holding(&mut self, id: MemberId, scope: Scope) -> Result<Holding, StorageError>;
    /// Destroys the member's key and clears what is in clear of him; gives how many files are to be
    /// removed from the store now.
    fn destroy_personal_data(&mut self, id: MemberId) -> Result<usize, StorageError>;
    /// Files that no row names any more, the oldest first.
    fn files_to_remove(&mut self, limit: u16) -> Result<Vec<FileKey>, StorageError>;
    /// Notes that these files are gone.
    fn forget_removed_files(&mut self, keys: &[FileKey]) -> Result<(), StorageError>;
}

/// Which intakes a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IntakeFilter {
    /// That far.
    pub status: Option<IntakeStatus>,
}

/// Spreadsheets of members, and the verdicts on their rows.
pub trait IntakeRepository {
    /// Inserts one that is `processing`.
    fn add_intake(&mut self, new: &NewIntake, by: Option<UserId>) -> Result<Intake, StorageError>;
    /// An intake whose sender's scope lies within this one.
    fn intake(&mut self, id: IntakeId, scope: Scope) -> Result<Intake, StorageError>;
    /// An intake, locked until the transaction ends.
    fn lock_intake(&mut self, id: IntakeId) -> Result<Intake, StorageError>;
    /// A page of those within the scope, newest first.
    fn intakes(
        &mut self,
        filter: IntakeFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Intake>, StorageError>;
    /// Those that are `processing`, oldest first.
    fn unfinished_intakes(&mut self) -> Result<Vec<IntakeId>, StorageError>;
    /// Saves status, checkpoint, tally and spool key.
    fn save_intake(&mut self, intake: &Intake) -> Result<(), StorageError>;
    /// Inserts the verdicts on rows, many at once.
    fn add_verdicts(
        &mut self,
        id: IntakeId,
        verdicts: Vec<StoredVerdict>,
    ) -> Result<(), StorageError>;
    /// Removes all verdicts of an intake.
    fn forget_verdicts(&mut self, id: IntakeId) -> Result<(), StorageError>;
    /// A page of an intake's verdicts, of a kind or of all, by rows.
    fn verdicts(
        &mut self,
        id: IntakeId,
        kind: Option<VerdictKind>,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StorageError>;
}

/// A sales person who is not switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seller {
    /// His id.
    pub id: SalesId,
    /// His branch.
    pub branch_id: BranchId,
}

/// What is known here of branches and sales people.
pub trait SalesDirectory {
    /// The sales person that a user is, if he is one.
    fn seller_of_user(&mut self, user: UserId) -> Result<Option<Seller>, StorageError>;
    /// A sales person within the scope.
    fn seller(&mut self, sales: SalesId, scope: Scope) -> Result<Option<Seller>, StorageError>;
    /// True if there is such a branch, and it is not switched off.
    fn branch_is_open(&mut self, branch: BranchId) -> Result<bool, StorageError>;
    /// The branches with these codes that are not switched off; other codes are left out.
    fn branches_by_code(
        &mut self,
        codes: &[String],
    ) -> Result<HashMap<String, BranchId>, StorageError>;
    /// The sales people within the scope with these codes, likewise.
    fn sellers_by_code(
        &mut self,
        codes: &[String],
        scope: Scope,
    ) -> Result<HashMap<String, Seller>, StorageError>;
}
