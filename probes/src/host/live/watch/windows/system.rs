//! The calls of Windows. Nothing outside this file is unsafe, and nothing in it knows what it is for.

use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{
    ERROR_IO_INCOMPLETE, ERROR_NOTIFY_ENUM_DIR, ERROR_SUCCESS, FILETIME, HANDLE, INVALID_HANDLE_VALUE, WIN32_ERROR,
};
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Power as power;
use windows_sys::Win32::System::Registry as registry;
use windows_sys::Win32::System::Services as services;
use windows_sys::Win32::System::Threading as threading;
use windows_sys::Win32::UI::WindowsAndMessaging::{DEVICE_NOTIFY_CALLBACK, PBT_APMRESUMEAUTOMATIC};

use super::super::plan::{Kind, Seen, What};
use super::super::told;
use super::places::{Extent, Place};

/// What is done when something happened. Called by a thread of the system: it must not wait, nor panic.
pub(super) type Ring = Box<dyn Fn() + Send + Sync>;

/// What a [`Ring`] is to a system that knows one pointer.
struct Context(*mut Ring);

impl Context {
    fn new(ring: Ring) -> Self {
        Context(Box::into_raw(Box::new(ring)))
    }

    fn pointer(&self) -> *const c_void {
        self.0.cast_const().cast()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: it was made by `Box::into_raw`, and whoever has it drops it after the last call of the system.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// # Safety
///
/// The pointer must be that of a [`Context`] which still exists.
unsafe fn ring(context: *const c_void) {
    // SAFETY: as the caller promises.
    unsafe { (*context.cast::<Ring>())() };
}

fn wide(text: &str) -> Vec<u16> {
    std::ffi::OsStr::new(text).encode_wide().chain([0]).collect()
}

fn check(code: WIN32_ERROR) -> io::Result<()> {
    if code == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
}

/// An event that the system rings for.
struct Alarm {
    event: OwnedHandle,
    /// Null once it is silent.
    wait: HANDLE,
    context: Context,
}

impl Alarm {
    fn new(ring: Ring) -> io::Result<Self> {
        // SAFETY: no name and no rights are given, which is allowed.
        let event = unsafe { threading::CreateEventW(null(), 0, 0, null()) };
        if event.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just opened and belongs to nobody else.
        let event = unsafe { OwnedHandle::from_raw_handle(event) };
        let mut alarm = Alarm { event, wait: null_mut(), context: Context::new(ring) };
        // SAFETY: event and context live until `silence` has ended the wait.
        let waits = unsafe {
            threading::RegisterWaitForSingleObject(
                &raw mut alarm.wait,
                alarm.event(),
                Some(rung),
                alarm.context.pointer(),
                threading::INFINITE,
                threading::WT_EXECUTEDEFAULT,
            )
        };
        if waits == 0 { Err(io::Error::last_os_error()) } else { Ok(alarm) }
    }

    fn event(&self) -> HANDLE {
        self.event.as_raw_handle()
    }

    /// Waits until nobody rings any more.
    fn silence(&mut self) {
        let wait = std::mem::take(&mut self.wait);
        if !wait.is_null() {
            // SAFETY: it was registered and is unregistered once. The last argument has it wait for those who ring;
            // they never wait for this thread.
            unsafe { threading::UnregisterWaitEx(wait, INVALID_HANDLE_VALUE) };
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.silence();
    }
}

unsafe extern "system" fn rung(context: *mut c_void, _timed_out: bool) {
    // SAFETY: the alarm keeps its context until this cannot be called any more.
    unsafe { ring(context) };
}

/// A folder that tells of the names in it.
pub(super) struct Folder {
    handle: OwnedHandle,
    alarm: Alarm,
    extent: Extent,
    /// What the system writes to while it watches; freed when it has stopped.
    pending: *mut Pending,
    watches: bool,
}

/// Enough for some sixty names.
const BUFFER: usize = 1024;

struct Pending {
    overlapped: OVERLAPPED,
    buffer: [u32; BUFFER],
}

fn nanoseconds(time: io::Result<std::time::SystemTime>) -> i64 {
    let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// As the system takes a path of any length; a drive alone is its folder.
fn verbatim(real: &str) -> String {
    if real.ends_with(':') { format!(r"\\?\{real}\") } else { format!(r"\\?\{real}") }
}

impl Place for Folder {
    const NAMES: bool = true;

    fn can_tell(_real: &str) -> bool {
        true
    }

    fn look(real: &str) -> Seen {
        // What a link points to is watched in its place: the system opens it so.
        let path = verbatim(real);
        let Ok(found) = std::fs::metadata(&path) else { return Seen { kind: Kind::Absent, changed: 0 } };
        let changed = nanoseconds(found.modified()).max(nanoseconds(found.created()));
        if found.is_dir() {
            return Seen { kind: Kind::Folder, changed };
        }
        // A file that was moved here may be as old as it likes. Then its folder is young.
        let folder = std::path::Path::new(&path).parent().and_then(|folder| std::fs::metadata(folder).ok());
        let moved = folder.map_or(0, |folder| nanoseconds(folder.modified()));
        Seen { kind: Kind::Other, changed: changed.max(moved) }
    }

    fn watch(real: &str, extent: Extent, ring: Ring) -> io::Result<Self> {
        let path = wide(&verbatim(real));
        // SAFETY: the path ends with a zero; nothing else is pointed to. Whoever wants to write to the folder, move
        // or delete it may do so meanwhile.
        let handle = unsafe {
            fs::CreateFileW(
                path.as_ptr(),
                fs::FILE_LIST_DIRECTORY,
                fs::FILE_SHARE_READ | fs::FILE_SHARE_WRITE | fs::FILE_SHARE_DELETE,
                null(),
                fs::OPEN_EXISTING,
                fs::FILE_FLAG_BACKUP_SEMANTICS | fs::FILE_FLAG_OVERLAPPED,
                null_mut(),
            )
        };
        if handle == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just opened and belongs to nobody else.
        let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
        let alarm = Alarm::new(ring)?;
        let overlapped = OVERLAPPED { hEvent: alarm.event(), ..OVERLAPPED::default() };
        let pending = Box::into_raw(Box::new(Pending { overlapped, buffer: [0; BUFFER] }));
        let mut folder = Folder { handle, alarm, extent, pending, watches: false };
        folder.arm()?;
        Ok(folder)
    }

    fn hear(&mut self) -> io::Result<Vec<(What, String)>> {
        let mut length = 0;
        // SAFETY: the folder is open and the request is its last one; it does not wait.
        let done = unsafe {
            GetOverlappedResult(self.handle.as_raw_handle(), &raw const (*self.pending).overlapped, &raw mut length, 0)
        };
        if done == 0 {
            let error = io::Error::last_os_error();
            match error.raw_os_error().map(i32::cast_unsigned) {
                // It rang for an earlier one.
                Some(ERROR_IO_INCOMPLETE) => return Ok(Vec::new()),
                Some(ERROR_NOTIFY_ENUM_DIR) => length = 0,
                _ => {
                    self.watches = false;
                    return Err(error);
                }
            }
        }
        self.watches = false;
        // SAFETY: the request is done, so nobody writes there until the next one; so many bytes fit.
        let bytes = unsafe {
            let length = (length as usize).min(BUFFER * size_of::<u32>());
            std::slice::from_raw_parts((&raw const (*self.pending).buffer).cast::<u8>(), length)
        };
        let names = told::names(bytes);
        self.arm()?;
        // Nothing at all says that it was more than the buffer takes.
        Ok(if length == 0 { vec![(What::Itself, String::new())] } else { names })
    }

    fn is_alive(&self) -> bool {
        self.watches
    }
}

impl Folder {
    fn arm(&mut self) -> io::Result<()> {
        let filter = match self.extent {
            Extent::Passage => fs::FILE_NOTIFY_CHANGE_DIR_NAME,
            Extent::Content | Extent::Tree => {
                fs::FILE_NOTIFY_CHANGE_DIR_NAME
                    | fs::FILE_NOTIFY_CHANGE_FILE_NAME
                    | fs::FILE_NOTIFY_CHANGE_SIZE
                    | fs::FILE_NOTIFY_CHANGE_LAST_WRITE
                    | fs::FILE_NOTIFY_CHANGE_SECURITY
            }
        };
        // SAFETY: buffer and request stay where they are until the request is done: `Drop` waits for that. No other
        // request is under way.
        let asked = unsafe {
            fs::ReadDirectoryChangesW(
                self.handle.as_raw_handle(),
                (&raw mut (*self.pending).buffer).cast(),
                u32::try_from(BUFFER * size_of::<u32>()).unwrap_or(0),
                i32::from(self.extent == Extent::Tree),
                filter,
                null_mut(),
                &raw mut (*self.pending).overlapped,
                None,
            )
        };
        if asked == 0 {
            return Err(io::Error::last_os_error());
        }
        self.watches = true;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // First, so that nobody else takes the event that is waited for below.
        self.alarm.silence();
        if self.watches {
            let mut length = 0;
            // SAFETY: the request is under way or done; it is waited for, so that nobody writes there any more.
            unsafe {
                let overlapped = &raw const (*self.pending).overlapped;
                CancelIoEx(self.handle.as_raw_handle(), overlapped);
                GetOverlappedResult(self.handle.as_raw_handle(), overlapped, &raw mut length, 1);
            }
        }
        // SAFETY: it was made by `Box::into_raw`, and no request is under way.
        drop(unsafe { Box::from_raw(self.pending) });
    }
}

/// A key of the registry that tells that something in it is another one.
pub(super) struct Key {
    key: OpenKey,
    alarm: Alarm,
    extent: Extent,
}

struct OpenKey(registry::HKEY);

impl OpenKey {
    fn open(real: &str, rights: u32) -> io::Result<Self> {
        let (hive, rest) = real.split_once('\\').unwrap_or((real, ""));
        let hive = match hive {
            "HKLM" => registry::HKEY_LOCAL_MACHINE,
            "HKCU" => registry::HKEY_CURRENT_USER,
            "HKU" => registry::HKEY_USERS,
            "HKCR" => registry::HKEY_CLASSES_ROOT,
            "HKCC" => registry::HKEY_CURRENT_CONFIG,
            _ => return Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let (rest, mut key) = (wide(rest), null_mut());
        // The view of a 64-bit program, whatever this one is.
        let rights = rights | registry::KEY_WOW64_64KEY;
        // SAFETY: the name ends with a zero, and there is room for the key.
        check(unsafe { registry::RegOpenKeyExW(hive, rest.as_ptr(), 0, rights, &raw mut key) })?;
        Ok(OpenKey(key))
    }

    /// When something right in it last changed, in nanoseconds since 1970. An error says that it is gone.
    fn changed(&self) -> io::Result<i64> {
        let mut time = FILETIME::default();
        // SAFETY: the key is open; what is not wanted may be null.
        check(unsafe {
            registry::RegQueryInfoKeyW(
                self.0,
                null_mut(),
                null_mut(),
                null(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                &raw mut time,
            )
        })?;
        /// From 1601 to 1970, in steps of 100 ns.
        const EPOCH: i64 = 116_444_736_000_000_000;
        let steps = i64::from(time.dwHighDateTime) << 32 | i64::from(time.dwLowDateTime);
        Ok((steps - EPOCH).saturating_mul(100))
    }
}

impl Drop for OpenKey {
    fn drop(&mut self) {
        // SAFETY: it was opened and is closed once. What waits for it rings then, which concerns nobody.
        unsafe { registry::RegCloseKey(self.0) };
    }
}

impl Place for Key {
    const NAMES: bool = false;

    /// All but the hives, which the system opens once for the whole program.
    fn can_tell(real: &str) -> bool {
        real.contains('\\')
    }

    fn look(real: &str) -> Seen {
        let changed = OpenKey::open(real, registry::KEY_QUERY_VALUE).and_then(|key| key.changed());
        changed.map_or(Seen { kind: Kind::Absent, changed: 0 }, |changed| Seen { kind: Kind::Folder, changed })
    }

    fn watch(real: &str, extent: Extent, ring: Ring) -> io::Result<Self> {
        let key = OpenKey::open(real, registry::KEY_NOTIFY | registry::KEY_QUERY_VALUE)?;
        let key = Key { key, alarm: Alarm::new(ring)?, extent };
        key.arm()?;
        Ok(key)
    }

    fn hear(&mut self) -> io::Result<Vec<(What, String)>> {
        self.arm()?;
        Ok(Vec::new())
    }

    fn is_alive(&self) -> bool {
        self.key.changed().is_ok()
    }
}

impl Key {
    /// It rings once.
    fn arm(&self) -> io::Result<()> {
        let filter = match self.extent {
            Extent::Passage => registry::REG_NOTIFY_CHANGE_NAME,
            Extent::Content | Extent::Tree => registry::REG_NOTIFY_CHANGE_NAME | registry::REG_NOTIFY_CHANGE_LAST_SET,
        };
        let tree = i32::from(self.extent == Extent::Tree);
        // SAFETY: the key is open, and closed before the event.
        check(unsafe { registry::RegNotifyChangeKeyValue(self.key.0, tree, filter, self.alarm.event(), 1) })
    }
}

/// Whether this is Wine, which has a function that Windows has not.
fn is_wine() -> bool {
    let library = wide("ntdll.dll");
    // SAFETY: the name ends with a zero.
    let library = unsafe { GetModuleHandleW(library.as_ptr()) };
    // SAFETY: every program has this library until it ends, and the name ends with a zero.
    !library.is_null() && unsafe { GetProcAddress(library, c"wine_get_version".as_ptr().cast()) }.is_some()
}

/// A service that tells that it starts or stops.
pub(super) struct Service {
    subscription: services::PSC_NOTIFICATION_REGISTRATION,
    _service: ServiceHandle,
    _manager: ServiceHandle,
    _context: Context,
}

struct ServiceHandle(services::SC_HANDLE);

impl ServiceHandle {
    fn new(handle: services::SC_HANDLE) -> io::Result<Self> {
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(ServiceHandle(handle)) }
    }
}

impl Drop for ServiceHandle {
    fn drop(&mut self) {
        // SAFETY: it was opened and is closed once.
        unsafe { services::CloseServiceHandle(self.0) };
    }
}

impl Service {
    pub(super) fn new(name: &str, ring: Ring) -> io::Result<Self> {
        if is_wine() {
            // It ends a program that subscribes.
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        }
        let (name, context, mut subscription) = (wide(name), Context::new(ring), 0);
        // SAFETY: this machine and its usual database are meant by null.
        let manager = unsafe { services::OpenSCManagerW(null(), null(), services::SC_MANAGER_CONNECT) };
        let manager = ServiceHandle::new(manager)?;
        // SAFETY: the manager is open, and the name ends with a zero.
        let service = unsafe { services::OpenServiceW(manager.0, name.as_ptr(), services::SERVICE_QUERY_STATUS) };
        let service = ServiceHandle::new(service)?;
        // SAFETY: service and context are kept until the subscription has ended.
        check(unsafe {
            services::SubscribeServiceChangeNotifications(
                service.0,
                services::SC_EVENT_STATUS_CHANGE,
                Some(changed),
                context.pointer(),
                &raw mut subscription,
            )
        })?;
        Ok(Service { subscription, _service: service, _manager: manager, _context: context })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // SAFETY: it was subscribed to and is given up once. It waits for whoever is being called.
        unsafe { services::UnsubscribeServiceChangeNotifications(self.subscription) };
    }
}

unsafe extern "system" fn changed(_what: u32, context: *const c_void) {
    // SAFETY: the service keeps its context until this cannot be called any more.
    unsafe { ring(context) };
}

/// Rings when the computer has slept.
pub(super) struct Resumes {
    registration: *mut c_void,
    _context: Context,
}

impl Resumes {
    pub(super) fn new(ring: Ring) -> io::Result<Self> {
        let context = Context::new(ring);
        let parameters =
            power::DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS { Callback: Some(power_changed), Context: context.0.cast() };
        let mut registration = null_mut();
        // SAFETY: the parameters are read before it returns; the context is kept until the registration has ended.
        check(unsafe {
            power::PowerRegisterSuspendResumeNotification(
                DEVICE_NOTIFY_CALLBACK,
                (&raw const parameters).cast_mut().cast(),
                &raw mut registration,
            )
        })?;
        Ok(Resumes { registration, _context: context })
    }
}

impl Drop for Resumes {
    fn drop(&mut self) {
        // SAFETY: it was registered and is given up once.
        unsafe { power::PowerUnregisterSuspendResumeNotification(self.registration as isize) };
    }
}

unsafe extern "system" fn power_changed(context: *const c_void, what: u32, _setting: *const c_void) -> u32 {
    if what == PBT_APMRESUMEAUTOMATIC {
        // SAFETY: the registration keeps its context until this cannot be called any more.
        unsafe { ring(context) };
    }
    ERROR_SUCCESS
}
