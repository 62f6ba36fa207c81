/* `quota ROOT FILE`: exits with what the library makes of the cgroup files below ROOT for a process
 * whose /proc/self/cgroup is FILE. */
#include <thrum.h>

unsigned thrum_linux_cgroup_quota(const char *root, const char *own); /* os/linux/linux.h */

int main(int argc, char **argv)
{
    return argc == 3 ? (int)thrum_linux_cgroup_quota(argv[1], argv[2]) : 255;
}
