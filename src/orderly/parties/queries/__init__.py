"""When a party can be had, and who belongs to one."""
