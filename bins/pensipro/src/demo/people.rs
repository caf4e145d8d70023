//! Made-up pensioners: Indonesian names, places and numbers, the same for the same seed.

use chrono::{Datelike, Days, Months, NaiveDate};
use fastrand::Rng;
use pensipro_kernel::Money;
use pensipro_members::{RawAccount, RawMember};

const MEN: &[&str] = &[
    "Ahmad", "Bambang", "Budi", "Darmawan", "Eko", "Hadi", "Hendro", "Joko", "Ketut", "Made",
    "Mulyono", "Nyoman", "Petrus", "Slamet", "Soleh", "Sugeng", "Suharto", "Suparman", "Sutrisno",
    "Tri", "Untung", "Wahyu", "Yohanes", "Zainal",
];
const WOMEN: &[&str] = &[
    "Aminah",
    "Dewi",
    "Endang",
    "Fatimah",
    "Hartini",
    "Ida",
    "Kartini",
    "Lestari",
    "Maria",
    "Murni",
    "Ningsih",
    "Nurhayati",
    "Ratna",
    "Rukmini",
    "Siti",
    "Sri",
    "Sulastri",
    "Sumarni",
    "Tuti",
    "Wahyuni",
    "Yuliana",
    "Yuni",
];
const FAMILIES: &[&str] = &[
    "Ginting",
    "Handayani",
    "Hidayat",
    "Hutagalung",
    "Kusuma",
    "Lubis",
    "Lumbantobing",
    "Maharani",
    "Munandar",
    "Nasution",
    "Ni'mah",
    "Nugroho",
    "Pattiasina",
    "Pratama",
    "Prasetyo",
    "Purnomo",
    "Rahardjo",
    "Rahmawati",
    "Saputra",
    "Santoso",
    "Setiawan",
    "Simanjuntak",
    "Siregar",
    "Sihombing",
    "Suryadi",
    "Susilowati",
    "Tarigan",
    "Utami",
    "Wibowo",
    "Widodo",
    "Wijaya",
    "Yulianto",
];
/// District code of the identity number, town, pay office, of which each town has many.
const TOWNS: &[(&str, &str, &str)] = &[
    ("317305", "Jakarta Barat", "KANTOR POS JAKARTA BARAT"),
    ("327305", "Bandung", "BANK MANDIRI TASPEN BANDUNG"),
    ("337401", "Semarang", "KANTOR POS SEMARANG"),
    ("340401", "Sleman", "BANK BTPN YOGYAKARTA"),
    ("357824", "Surabaya", "BANK MANDIRI TASPEN SURABAYA"),
    ("127121", "Medan", "KANTOR POS MEDAN"),
    ("517103", "Denpasar", "BANK BRI DENPASAR"),
    ("737112", "Makassar", "KANTOR POS MAKASSAR"),
];
const STREETS: &[&str] = &[
    "Jl. Melati",
    "Jl. Kenanga",
    "Jl. Diponegoro",
    "Jl. Pahlawan",
    "Jl. Veteran",
    "Jl. Merdeka",
    "Jl. Gajah Mada",
    "Jl. Ahmad Yani",
    "Gg. Mawar",
    "Jl. Cendrawasih",
];
const RANKS: &[&str] = &["II/b", "II/d", "III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b"];
const BANKS: &[(&str, &str)] = &[
    ("002", "Bank BRI"),
    ("008", "Bank Mandiri"),
    ("009", "Bank BNI"),
    ("200", "Bank BTN"),
    ("451", "Bank Syariah Indonesia"),
    ("564", "Bank Mandiri Taspen"),
];

/// A made-up pensioner.
pub(super) struct Person {
    pub(super) member: RawMember,
    pub(super) account: RawAccount,
    pub(super) phone: String,
    pub(super) monthly_benefit: Money,
    pub(super) birth_date: NaiveDate,
}

/// The `number`th pensioner, 57 to 68 years old on the day. The number goes into the identity and
/// pension numbers, so that no two are alike.
pub(super) fn person(random: &mut Rng, number: u32, today: NaiveDate) -> Person {
    let woman = random.bool();
    let birth_date = birth_date(random, today);
    let (district, town, pay_office) = pick(random, TOWNS);
    let first = pick(random, if woman { WOMEN } else { MEN });
    let name = format!("{first} {}", pick(random, FAMILIES));
    let monthly_benefit = Money::from_rupiah(random.i64(18..60) * 100_000).unwrap_or_default();
    let (bank_code, bank_name) = pick(random, BANKS);
    let text = |text: &str| Some(text.to_owned());
    let member = RawMember {
        nik: Some(nik(district, birth_date, woman, number)),
        no_pensiun: Some(format!("{:03}{number:012}", random.u32(100..999))),
        name: Some(name.clone()),
        birth_place: text(town),
        birth_date: Some(birth_date),
        sex: text(if woman { "P" } else { "L" }),
        address: Some(format!("{} No. {}, {town}", pick(random, STREETS), random.u32(1..200))),
        payer: text(if random.u8(0..4) == 0 { "ASABRI" } else { "TASPEN" }),
        pay_office: Some(format!("{pay_office} {:02}", random.u32(1..=40))),
        rank: text(pick(random, RANKS)),
        sk_number: Some(format!("SK-{:05}/{}", number, birth_date.year() + 56)),
        sk_date: birth_date.checked_add_months(Months::new(56 * 12 + 1)),
        monthly_benefit: Some(monthly_benefit),
        sales_id: None,
        branch_id: None,
    };
    let account = RawAccount {
        bank_code: text(bank_code),
        bank_name: text(bank_name),
        account_number: Some(format!("{:03}{number:09}", random.u32(100..999))),
        account_name: Some(name.to_uppercase()),
    };
    let phone = format!("08{:02}{:08}", random.u32(11..99), number);
    Person { member, account, phone, monthly_benefit, birth_date }
}

/// The name of the `number`th neighbour who asks for nothing.
pub(super) fn prospect(number: u32) -> String {
    let number = usize::try_from(number).unwrap_or(0);
    let (first, family) = (number % WOMEN.len(), number / WOMEN.len() % FAMILIES.len());
    format!("{} {}", WOMEN[first], FAMILIES[family])
}

fn birth_date(random: &mut Rng, today: NaiveDate) -> NaiveDate {
    let youngest = today.checked_sub_months(Months::new(57 * 12)).unwrap_or(today);
    youngest.checked_sub_days(Days::new(random.u64(0..11 * 365))).unwrap_or(youngest)
}

/// District, birth date with 40 added to a woman's day, serial. Districts are varied so that far more
/// than 9,999 people can be born on a day.
fn nik(district: &str, birth: NaiveDate, woman: bool, number: u32) -> String {
    let day = birth.day() + if woman { 40 } else { 0 };
    let (serial, district_no) = (number % 9_999 + 1, number / 9_999 % 100);
    let region = district.get(..4).unwrap_or("3173");
    format!(
        "{region}{district_no:02}{day:02}{:02}{:02}{serial:04}",
        birth.month(),
        birth.year() % 100
    )
}

pub(super) fn pick<T: Copy>(random: &mut Rng, list: &[T]) -> T {
    list[random.usize(0..list.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use pensipro_members::{AccountDetails, MemberDetails};
    use std::collections::HashSet;

    #[test]
    fn people_are_valid_and_no_two_alike() {
        let today: NaiveDate = "2026-10-31".parse().unwrap();
        let mut random = Rng::with_seed(7);
        let mut seen = HashSet::new();
        for number in (1..3_000).chain(1_000_000..1_000_500) {
            let person = person(&mut random, number, today);
            let member = MemberDetails::check(person.member, today).unwrap();
            AccountDetails::check(person.account).unwrap();
            assert!(seen.insert(member.nik.as_str().to_owned()));
            assert!(seen.insert(member.no_pensiun.as_str().to_owned()));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let today: NaiveDate = "2026-10-31".parse().unwrap();
        let name = |seed| person(&mut Rng::with_seed(seed), 1, today).member.name;
        assert_eq!(name(1), name(1));
        assert_ne!((1..9).map(name).collect::<HashSet<_>>().len(), 1);
    }
}
