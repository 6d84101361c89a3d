//! Peak memory of this process, as the kernel says it.

use crate::sim::Result;

/// The most memory that this process ever had (`VmHWM`), in kB.
pub(crate) fn kb() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("the kernel does not tell VmHWM")?.parse()?)
}
