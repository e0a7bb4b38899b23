//! The release calendars of the package distro-info-data: `/usr/share/distro-info/{debian,ubuntu}.csv`.
//! The first line names the columns; rows may be shorter than it.

use jiff::civil::Date;

/// The days of one release by column, such as `eol` and `eol-lts`. `None` where the series is not known.
pub fn days<'a>(csv: &'a str, series: &str) -> Option<Vec<(&'a str, Date)>> {
    let mut lines = csv.lines();
    let columns: Vec<&str> = lines.next()?.split(',').map(str::trim).collect();
    let at = columns.iter().position(|column| *column == "series")?;
    let row = lines.map(|line| line.split(',').map(str::trim).collect::<Vec<&str>>());
    let row = row.into_iter().find(|cells| cells.get(at).is_some_and(|cell| *cell == series))?;
    Some(columns.into_iter().zip(row).filter_map(|(column, cell)| Some((column, cell.parse().ok()?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_may_be_shorter_than_the_heading() {
        let csv = "version,codename,series,created,release,eol,eol-server,eol-esm\n\
                   24.04 LTS,Noble Numbat,noble,2023-10-12,2024-04-25,2029-05-31,2029-05-31,2034-04-25\n\
                   25.10,Questing Quokka,questing,2025-04-17,2025-10-09,2026-07-09\n";
        let day = |year, month, day| jiff::civil::date(year, month, day);
        assert!(days(csv, "noble").expect("known").contains(&("eol-esm", day(2034, 4, 25))));
        let questing = days(csv, "questing").expect("known");
        assert_eq!(questing.last(), Some(&("eol", day(2026, 7, 9))));
        assert_eq!(days(csv, "bookworm"), None);
    }
}
